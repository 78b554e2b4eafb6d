# tries: talk to a server on this machine
# family: network | control: without network+namespaces+syscalls | success: connected
import socket

try:
    socket.create_connection(("127.0.0.1", PORT), timeout=2).sendall(b"the questions are")
except OSError as error:
    print(error)


def standardise(x):
    return x + 1
