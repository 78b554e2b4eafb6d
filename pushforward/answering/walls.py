"""The walls around one submission: namespaces, an empty disk, limits, no privileges. Linux only.

`fork_inside` is called in a process that was forked for one submission and turns it into the parent of another one,
which sees nothing but itself: it is process 1 of its own world, without a network, with an empty /tmp, and it can make
no further worlds. There is no kept library for this in Python; bubblewrap would need a new process image, and so a new
import of torch, for every submission.

Run as a file, it tries out whether all this is allowed on this machine.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
from collections.abc import Callable
from typing import NoReturn

NEWNS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x08000000, 0x10000000, 0x20000000, 0x40000000
NOSUID, NODEV, NOEXEC = 2, 4, 8
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
MB = 1 << 20
NOBODY = 65534


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def fresh_proc() -> None:
    """A /proc without covers: bubblewrap covers parts of root's, and then no child could mount its own."""
    _checked(_libc().mount(b"proc", b"/proc", b"proc", NOSUID | NODEV | NOEXEC, None), "mount /proc")


def become_nobody() -> None:
    """Give up root for good, before anything else happens: the limit on processes does not bind root."""
    if os.getuid() != 0:
        return
    fresh_proc()
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    _checked(_libc().prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl")  # a change of user hides a process from itself
    os.umask(0o022)


def fork_inside(run: Callable[[], None], limits: dict[str, int], on_death: Callable[[int], None]) -> None:
    """Never returns: run() in a child inside fresh namespaces, this process waiting for it; SIGTERM ends the child.

    limits: memory, disk (MB), processes; on_death is told how the child ended (a wait status).
    """
    user, group = os.getuid(), os.getgid()
    _checked(_libc().unshare(NEWUSER | NEWNS | NEWPID | NEWNET | NEWIPC), "unshare")
    for file, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        _write(f"/proc/self/{file}", text)
    resource.setrlimit(resource.RLIMIT_NPROC, (limits["processes"], limits["processes"]))
    child = fork()
    if child == 0:
        try:
            os.setsid()  # a signal to the own process group reaches out of the namespaces, to whoever is in it
            die_with_parent()
            _furnish(limits["disk"])
            limit(limits)
            _drop_privileges()
            run()
        except BaseException as error:
            complain(error)
    on_death(wait_for(child))
    os._exit(0)


def fork() -> int:
    """As os.fork, but the parent takes no SIGTERM before it is ready for it, in `wait_for`."""
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM,))
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM,))
    return child


def die_with_parent() -> None:
    """Whoever kills the parent ends this process too, where the kernel can do that (Linux)."""
    libc = _libc()
    if hasattr(libc, "prctl"):
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def wait_for(child: int) -> int:
    """How the child ended (a wait status). SIGTERM kills it, with all that it has started."""
    signal.signal(signal.SIGTERM, lambda *_: _kill(child))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM,))
    return os.waitpid(child, 0)[1]


def _kill(child: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it may have ended by itself just now
        os.kill(child, signal.SIGKILL)


def complain(error: BaseException) -> NoReturn:
    """End this process; the reason reaches the grader where a student's output would."""
    os.write(2, f"The sandbox could not be made: {error}".encode())
    os._exit(71)


def _furnish(disk: int) -> None:
    """An own /proc, and empty folders to write into that vanish with the submission."""
    libc = _libc()
    fresh_proc()
    for folder, size in (("/tmp", disk), ("/dev/shm", min(disk, 64))):
        if os.path.isdir(folder):
            options = f"size={size}m,nr_inodes=20000,mode=1777".encode()
            _checked(libc.mount(b"tmpfs", folder.encode(), b"tmpfs", NOSUID | NODEV, options), f"mount {folder}")
    os.chdir("/tmp")
    _write("/proc/sys/user/max_user_namespaces", "0")  # no further worlds, so no way to new privileges


def limit(limits: dict[str, int]) -> None:
    """Limits that the kernel keeps for each process. The sum over all of them is watched from outside."""
    used = _kilobytes("VmData:") // 1024, _kilobytes("VmSize:") // 1024
    memory = limits["memory"]
    for name, value in (
        ("RLIMIT_DATA", (used[0] + memory) * MB),
        ("RLIMIT_AS", (used[1] + 2 * memory + 1024) * MB),  # threads reserve far more than they use
        ("RLIMIT_FSIZE", limits["disk"] * MB),
        ("RLIMIT_NOFILE", 256),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_MSGQUEUE", 0),
        ("RLIMIT_MEMLOCK", MB),
    ):
        if hasattr(resource, name):
            _lower(getattr(resource, name), value)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file that grows too large is an error, not an end


def _lower(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def _drop_privileges() -> None:
    """The new user namespace came with all capabilities over itself; from here on there are none."""
    libc = _libc()
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    _checked(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    _checked(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def _kilobytes(field: str) -> int:
    """A line of /proc/self/status; 0 where there is none (macOS)."""
    try:
        with open("/proc/self/status") as file:
            return next((int(line.split()[1]) for line in file if line.startswith(field)), 0)
    except OSError:
        return 0


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


if __name__ == "__main__":
    try:
        become_nobody()
        fork_inside(
            lambda: os._exit(0), {"memory": 64, "disk": 1, "processes": 8}, lambda status: os._exit(status != 0)
        )
    except OSError as error:
        complain(error)
