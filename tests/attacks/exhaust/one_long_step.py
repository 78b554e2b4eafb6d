# tries: be busy in a single step of C, in which no signal is heard
# family: exhaust | control: raised cell_seconds=60 | success: done | says: time was over
import time

start = time.process_time()
while time.process_time() < start + 3:
    sum(range(30_000_000))
print(DONE)


def standardise(x):
    return x + 1
