# tries: ignore every signal and loop, children and all
# family: exhaust | control: raised cell_seconds=20 | success: done | says: time was over by the clock
import os
import signal
import time

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
os.fork()
for _ in range(40):
    try:
        time.sleep(0.1)
    except BaseException:
        pass
print(DONE)
if os.getpid() != 1 and os.getppid() == 1:
    os._exit(0)


def standardise(x):
    return x + 1
