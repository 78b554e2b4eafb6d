# tries: kill every process of the group that it was forked in
# family: exhaust | control: grouped | success: stopped
import os
import signal

os.killpg(0, signal.SIGKILL)


def standardise(x):
    return x + 1
