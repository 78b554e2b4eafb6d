# tries: let the check wait for a function that sleeps
# family: exhaust | control: raised cell_seconds=20 | success: done | says: time was over by the clock
import time

asked = []


def standardise(x):
    asked.append(x)
    time.sleep(4 if len(asked) == 1 else 0)
    raise ValueError(DONE)
