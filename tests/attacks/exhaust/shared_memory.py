# tries: take memory that no process owns alone
# family: exhaust | control: raised memory=4096, cell_seconds=30 | success: done | says: more than 1024 MB of memory | limits: cell_seconds=30
import mmap
import time

piece = mmap.mmap(-1, 1500 << 20)
for at in range(0, 1500 << 20, 1 << 20):
    piece[at : at + (1 << 20)] = bytes(1 << 20)
time.sleep(3)
print(DONE)


def standardise(x):
    return x + 1
