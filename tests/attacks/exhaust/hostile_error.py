# tries: raise an error that fails when it is shown, in every way
# family: exhaust | control: shared | success: stopped
class Hostile(BaseException):
    def __str__(self):
        raise Hostile

    __repr__ = __str__

    @property
    def args(self):
        raise Hostile

    @property
    def __traceback__(self):
        raise Hostile


def standardise(x):
    raise Hostile
