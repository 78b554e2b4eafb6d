# tries: hide memory in files without a name
# family: exhaust | control: without syscalls | success: done
import os

try:
    os.write(os.memfd_create("hoard"), b"x" * (1 << 20))
    print(DONE)
except OSError as error:
    print(error)


def standardise(x):
    return x + 1
