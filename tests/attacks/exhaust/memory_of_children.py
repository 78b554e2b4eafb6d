# tries: take all memory, each child a part of it
# family: exhaust | control: raised memory=4096, cell_seconds=30 | success: done | says: more than 1024 MB of memory | limits: cell_seconds=30
import os
import time

read_end, write_end = os.pipe()
for _ in range(4):
    if os.fork() == 0:
        part = bytearray(450 << 20)
        time.sleep(3)
        os.write(write_end, b"x")
        time.sleep(60)
got = b""
while len(got) < 4:
    got += os.read(read_end, 4)
print(DONE)


def standardise(x):
    return x + 1
