# tries: print a gigabyte
# family: exhaust | control: raised output=2048, cell_seconds=60 | success: done | says: printed more than 16 MB
import os
import sys

print(DONE)
sys.stdout.flush()
line = b"x" * (1 << 16)
for _ in range(1 << 14):
    os.write(1, line)
raise ValueError(DONE)


def standardise(x):
    return x + 1
