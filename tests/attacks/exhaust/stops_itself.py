# tries: stop, as by Ctrl-Z, and never go on
# family: exhaust | control: raised cell_seconds=20 | success: done | says: time was over by the clock
import os
import signal
import time

if os.fork() == 0:
    for _ in range(30):
        os.kill(1 if os.getppid() == 1 else os.getppid(), signal.SIGSTOP)
        time.sleep(0.1)
    os._exit(0)
time.sleep(4)
print(DONE)


def standardise(x):
    return x + 1
