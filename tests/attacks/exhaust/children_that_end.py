# tries: compute in children that are forgotten when they end, each before its time is long
# family: exhaust | control: raised cell_seconds=60 | success: done | says: time was over
import os
import signal
import time

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in range(12):
    if os.fork() == 0:
        end = time.process_time() + 1
        while time.process_time() < end:
            pass
        os._exit(0)
    try:
        os.wait()
    except ChildProcessError:
        pass
print(DONE)


def standardise(x):
    return x + 1
