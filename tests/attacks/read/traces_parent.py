# tries: attach to the warm process as a debugger does
# family: read | control: without namespaces+syscalls | success: done
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
ATTACH, DETACH = 16, 17
for process in range(2, 40):
    if process != os.getpid() and libc.ptrace(ATTACH, process, 0, 0) == 0:
        print(DONE)
        os.waitpid(process, 0x40000000) if process != os.getpid() else None
        libc.ptrace(DETACH, process, 0, 0)


def standardise(x):
    return x + 1
