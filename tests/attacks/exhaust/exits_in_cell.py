# tries: end the process while the cell runs
# family: exhaust | control: shared | success: stopped | says: ended its process (exit status 0)
import os

os._exit(0)


def standardise(x):
    return x + 1
