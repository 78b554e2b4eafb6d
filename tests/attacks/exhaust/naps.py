# tries: sleep in short naps and print in between, so that it never looks asleep
# family: exhaust | control: raised cell_seconds=30 | success: done | says: time was over by the clock
import time

for _ in range(100):
    time.sleep(0.05)
    print(".", flush=True)
print(DONE)


def standardise(x):
    return x + 1
