# tries: read the parent's environment, memory map and open files under /proc
# family: read | control: none | success: done
import os

try:
    parent = os.getppid()
    maps, files = open(f"/proc/{parent}/maps").read(), os.listdir(f"/proc/{parent}/fd")
    print(DONE) if maps and files else None
except OSError as error:
    print(error)


def standardise(x):
    return x + 1
