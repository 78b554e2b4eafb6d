# tries: end the process when somebody reads the message of an error
# family: exhaust | control: shared | success: stopped | says: ended its process (exit status 6)
import os


class Trap(Exception):
    def __str__(self):
        os._exit(6)

    __repr__ = __str__


def standardise(x):
    raise Trap
