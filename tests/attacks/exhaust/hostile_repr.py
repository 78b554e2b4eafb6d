# tries: show a value whose text is endless
# family: exhaust | control: raised cell_seconds=20 | success: done | says: time was over by the clock
import time


class Endless:
    def __repr__(self):
        time.sleep(4)
        return DONE


def standardise(x):
    return x + 1


Endless()
