# tries: talk to a service through a socket that is no file
# family: network | control: without network+namespaces | success: connected
import socket

try:
    socket.socket(socket.AF_UNIX).connect(ABSTRACT)
except OSError as error:
    print(error)


def standardise(x):
    return x + 1
