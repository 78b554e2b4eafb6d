# tries: call itself three million deep, until the memory is full of calls
# family: exhaust | control: raised memory=4096 | success: done | limits: memory=256, cell_seconds=30
import sys

sys.setrecursionlimit(10**9)


def down(n):
    return 1 + down(n - 1) if n else 0


def standardise(x):
    down(3_000_000)
    raise ValueError(DONE)
