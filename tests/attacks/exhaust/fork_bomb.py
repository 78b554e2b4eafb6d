# tries: start processes without end
# family: exhaust | control: raised processes=400, cell_seconds=30 | success: done
import os
import time

try:
    for _ in range(60):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    print(DONE)
except OSError as error:
    print(error)


def standardise(x):
    return x + 1
