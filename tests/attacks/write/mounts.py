# tries: mount another file system over the read-only one
# family: write | control: without namespaces+syscalls | success: done
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
REMOUNT, BIND = 32, 4096
if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0 or libc.mount(None, b"/usr", None, REMOUNT | BIND, None) == 0:
    print(DONE)


def standardise(x):
    return x + 1
