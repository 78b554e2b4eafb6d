# tries: end the process when an object dies
# family: exhaust | control: shared | success: stopped | says: ended its process (exit status 5)
import os


class Last:
    def __del__(self):
        os._exit(5)


def standardise(x):
    Last()
    return x
