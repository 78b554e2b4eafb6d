# tries: hide the memory of children behind others that come and go all the time
# family: exhaust | control: raised memory=4096, cell_seconds=30 | success: done | says: more than 1024 MB of memory | limits: cell_seconds=30
import os
import time


def fork():
    while True:
        try:
            return os.fork()
        except OSError:
            pass


if fork() == 0:
    while True:
        for _ in range(10):
            if fork() == 0:
                os._exit(0)
        try:
            while True:
                os.waitpid(-1, 0)
        except ChildProcessError:
            pass
read_end, write_end = os.pipe()
for _ in range(4):
    if fork() == 0:
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
