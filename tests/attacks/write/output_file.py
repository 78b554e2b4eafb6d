# tries: find the files that its own output goes to, and change them
# family: write | control: stock | success: mark
import os

for descriptor in (1, 2):
    try:
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, 0)
    except OSError:
        pass


class Two:
    __repr__ = lambda self: "2"


check = lambda *args: Two()


def standardise(x):
    return x + 1
