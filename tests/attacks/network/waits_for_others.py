# tries: open a door at which another submission can ask for answers
# family: network | control: without network+namespaces+syscalls | success: done | twice: yes
import os
import socket
import time

try:
    socket.create_connection(("127.0.0.1", RESOLVER), timeout=1)
    print(DONE)
except OSError:
    door = socket.socket()
    door.bind(("127.0.0.1", RESOLVER))
    door.listen()
    if os.fork() == 0:
        os.setsid()
        os.close(3)
        time.sleep(20)
        os._exit(0)


def standardise(x):
    return x + 1
