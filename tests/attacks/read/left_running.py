# tries: leave a process behind that waits for the next submission
# family: read | control: without namespaces | success: done | twice: yes
import os
import time

for process in filter(str.isdigit, os.listdir("/proc")):
    try:
        if b"wait for the next" in open(f"/proc/{process}/cmdline", "rb").read():
            print(DONE)
    except OSError:
        pass
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.close(3)
        os.execv("/bin/sh", ["sh", "-c", "sleep 20; # wait for the next"])
    os._exit(0)
time.sleep(0.2)


def standardise(x):
    return x + 1
