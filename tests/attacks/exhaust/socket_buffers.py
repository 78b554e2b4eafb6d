# tries: hide memory in what sockets hold, where no process shows it
# family: exhaust | control: raised memory=8192, cell_seconds=60 | success: done | says: of memory | limits: memory=256, cell_seconds=30
import os
import socket
import time

read_end, write_end = os.pipe()
for _ in range(12):
    if os.fork() == 0:
        kept = []
        try:
            while True:
                kept.append(socket.socketpair())
                for end in kept[-1]:
                    end.setblocking(False)
                    try:
                        while end.send(bytes(1 << 15)):
                            pass
                    except BlockingIOError:
                        pass
        except OSError:
            time.sleep(3)
            os.write(write_end, b"x")
            time.sleep(60)
got = b""
while len(got) < 12:
    got += os.read(read_end, 12)
print(DONE)


def standardise(x):
    return x + 1
