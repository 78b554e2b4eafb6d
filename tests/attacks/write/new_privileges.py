# tries: make a user namespace of its own, and be root in it
# family: write | control: without namespaces | success: done
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
NEWUSER, NEWNS = 0x10000000, 0x20000
print(DONE) if libc.unshare(NEWUSER | NEWNS) == 0 else print(ctypes.get_errno())


def standardise(x):
    return x + 1
