# tries: read the memory of the warm process
# family: read | control: without namespaces+syscalls | success: done
import ctypes
import os


class Piece(ctypes.Structure):
    _fields_ = [("start", ctypes.c_void_p), ("size", ctypes.c_size_t)]


libc, text = ctypes.CDLL(None, use_errno=True), ctypes.create_string_buffer(b"here is a text", 64)
copy = ctypes.create_string_buffer(64)
theirs, mine = Piece(id(object), 64), Piece(ctypes.addressof(copy), 64)
for process in range(2, 40):
    got = libc.process_vm_readv(process, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0)
    if got == 64 and process != os.getpid():
        print(DONE)


def standardise(x):
    return x + 1
