# tries: keep the grader waiting with a loop that never ends
# family: exhaust | control: raised cell_seconds=20 | success: done | says: time was over
import time

end = time.process_time() + 3
while time.process_time() < end:
    pass
print(DONE)


def standardise(x):
    return x + 1
