"""A filter of system calls that no notebook needs, in the form that bubblewrap hands to the kernel (seccomp, cBPF).

Blocked are those that reach into other processes or the kernel, and those whose memory no limit counts. They answer
ENOSYS, as an older kernel would, so that a library takes its other way. Sockets are of the family AF_UNIX, with which
Python's own processes talk, and of no other: there is no network for them, and some families (AF_VSOCK) know no
namespace. Others answer EAFNOSUPPORT. On an unknown machine there is no filter; the namespaces and limits stand
without it.
"""

from __future__ import annotations

import errno
import platform
import struct

_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_X32 = 0x40000000  # the same machine's other numbering, which would slip past the table
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
AF_UNIX = 1  # in the kernel's own numbers, which are the same on every machine

BLOCKED = {  # name: (number on x86_64, on aarch64)
    "add_key": (248, 217),
    "bpf": (321, 280),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "semget": (64, 190),
    "setns": (308, 268),
    "shmget": (29, 194),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "userfaultfd": (323, 282),
}

OF_A_FAMILY = {"socket": (41, 198), "socketpair": (53, 199)}  # whose first argument is the family


def program(machine: str = "") -> bytes:
    """The compiled filter for this machine, b"" if it is not known. Another architecture's calls end the process."""
    if (machine or platform.machine()) not in _ARCHITECTURES:
        return b""
    architecture, column = _ARCHITECTURES[machine or platform.machine()]
    blocked, sockets = (sorted(pair[column] for pair in table.values()) for table in (BLOCKED, OF_A_FAMILY))
    most = len(blocked) + len(sockets)
    lines = [
        (_LOAD, 0, 0, 4),  # the architecture
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),  # the number of the call
        (_AT_LEAST, most + 1, 0, _X32),
        *((_EQUAL, most - k, 0, number) for k, number in enumerate(blocked)),
        *((_EQUAL, len(sockets) + 1 - k, 0, number) for k, number in enumerate(sockets)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERROR | errno.ENOSYS),
        (_LOAD, 0, 0, 16),  # the first argument; the kernel, too, reads its lower half only
        (_EQUAL, 1, 0, AF_UNIX),
        (_RETURN, 0, 0, _ERROR | errno.EAFNOSUPPORT),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("<HBBI", *line) for line in lines)
