# tries: leave a process behind that outlives its submission and ignores signals
# family: exhaust | control: none | success: outlives
import os
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 256)
        os.execv("/bin/sh", ["sh", "-c", f"trap '' TERM HUP INT; sleep {SLEEPER}; sleep {SLEEPER}"])
    os._exit(0)
time.sleep(0.3)


def standardise(x):
    return x + 1
