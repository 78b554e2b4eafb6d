# tries: crash the interpreter by endless recursion
# family: exhaust | control: shared | success: stopped | says: ended its process
import ctypes


def standardise(x):
    ctypes.string_at(0)
