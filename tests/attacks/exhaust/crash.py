# tries: crash the interpreter by reading where nothing is
# family: exhaust | control: shared | success: stopped | says: ended its process
import ctypes


def standardise(x):
    ctypes.string_at(0)
