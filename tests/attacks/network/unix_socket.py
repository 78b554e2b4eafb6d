# tries: talk to a service through its socket in the file system
# family: network | control: without files | success: connected
import socket

try:
    socket.socket(socket.AF_UNIX).connect(f"{COURSE}/door")
except OSError as error:
    print(error)


def standardise(x):
    return x + 1
