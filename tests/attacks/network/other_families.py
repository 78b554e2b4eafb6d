# tries: reach the kernel, or the host of a virtual machine, through a socket of another family
# family: network | control: without syscalls | success: done
import socket

FAMILIES = {"AF_VSOCK": socket.SOCK_STREAM, "AF_ALG": socket.SOCK_SEQPACKET, "AF_NETLINK": socket.SOCK_DGRAM}
for name, kind in FAMILIES.items():
    try:
        socket.socket(getattr(socket, name), kind)
        print(name, DONE)
    except OSError as error:
        print(name, error)


def standardise(x):
    return x + 1
