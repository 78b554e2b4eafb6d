# tries: use up all names that a disk can hold, with files without content
# family: exhaust | control: without namespaces | success: done | limits: cell_seconds=10
import os

try:
    for number in range(25_000):
        os.close(os.open(f"/tmp/{number}", os.O_CREAT))
    print(DONE)
except OSError as error:
    print(error)


def standardise(x):
    return x + 1
