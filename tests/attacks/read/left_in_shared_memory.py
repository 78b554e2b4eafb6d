# tries: leave a note in System V shared memory, which no file shows
# family: read | control: without namespaces+syscalls | success: done | twice: yes
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
KEY, CREATE = 0x5EED, 0o1666
print(DONE) if libc.shmget(KEY, 100, 0) >= 0 else libc.shmget(KEY, 100, CREATE)


def standardise(x):
    return x + 1
