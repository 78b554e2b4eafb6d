"""The filter of system calls, interpreted as the kernel does, for every number on both machines."""

from __future__ import annotations

import errno
import platform
import struct

import pytest

from autograder.grading.sandbox.syscalls import BLOCKED, OF_A_FAMILY, program

MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}  # AUDIT_ARCH_… of linux/audit.h; BLOCKED's column
ALLOWED, KILLED, ERROR = 0x7FFF0000, 0x80000000, 0x00050000  # SECCOMP_RET_… of linux/seccomp.h
DENIED, NO_FAMILY = ERROR | errno.ENOSYS, ERROR | errno.EAFNOSUPPORT
UNIX, HIGH = 1, 1 << 32  # AF_UNIX; what the kernel does not read of an int
# What a notebook cannot do without: numbers of read, mmap, clone, execve, futex, openat, exit_group, getrandom, clone3
NEEDED = {"x86_64": (0, 9, 56, 59, 202, 257, 231, 318, 435), "aarch64": (63, 222, 220, 221, 98, 56, 94, 278, 435)}


def verdict(code: bytes, architecture: int, number: int, first: int = UNIX) -> int:
    """What the program returns for a call: struct seccomp_data is number, architecture, place, six arguments."""
    lines, data = list(struct.iter_unpack("<HBBI", code)), struct.pack("<IIQQ", number, architecture, 0, first)
    accumulator, at = 0, 0
    while True:
        operation, yes, no, value = lines[at]
        at += 1
        if operation == 0x20:  # load a word
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif operation in (0x15, 0x35):  # jump if equal, if at least
            at += yes if (accumulator == value if operation == 0x15 else accumulator >= value) else no
        else:
            assert operation == 0x06  # return
            return value


@pytest.mark.parametrize("machine", MACHINES)
def test_every_number_gets_its_verdict(machine: str) -> None:
    architecture, column = MACHINES[machine]
    blocked = {pair[column] for pair in BLOCKED.values()}
    code = program(machine)
    for number in range(1024):
        assert verdict(code, architecture, number) == (DENIED if number in blocked else ALLOWED), number
    assert blocked.isdisjoint(NEEDED[machine])


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("call", OF_A_FAMILY)
def test_a_socket_is_of_the_one_family_that_processes_need(machine: str, call: str) -> None:
    code, (architecture, column) = program(machine), MACHINES[machine]
    for family in range(64):  # AF_INET 2, AF_NETLINK 16, AF_PACKET 17, AF_ALG 38, AF_VSOCK 40, …
        wanted = ALLOWED if family == UNIX else NO_FAMILY
        assert verdict(code, architecture, OF_A_FAMILY[call][column], family) == wanted
        assert verdict(code, architecture, OF_A_FAMILY[call][column], family + HIGH) == wanted


@pytest.mark.parametrize("machine", MACHINES)
def test_the_other_numbering_of_the_same_machine_is_no_way_around(machine: str) -> None:
    code, (architecture, _) = program(machine), MACHINES[machine]
    for number in (0, 1, 101, 520, 521, 545, 1023, 0x3FFFFFFF, 0xBFFFFFFF):
        assert verdict(code, architecture, number | 0x40000000) == DENIED
    assert verdict(code, architecture, 0x3FFFFFFF) == ALLOWED  # no call at all: the kernel says ENOSYS itself


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_of_another_architecture_end_the_process(machine: str) -> None:
    own, i386, arm = MACHINES[machine][0], 0x40000003, 0x40000028
    for foreign in {i386, arm, 0, 0xFFFFFFFF, *(number for number, _ in MACHINES.values())} - {own}:
        for number in (*range(512), 0x40000000, 0xFFFFFFFF):
            assert verdict(program(machine), foreign, number) == KILLED


def test_no_number_stands_twice() -> None:
    both = BLOCKED | OF_A_FAMILY
    for column in (0, 1):
        assert len({pair[column] for pair in both.values()}) == len(both)


def test_an_unknown_machine_has_no_filter() -> None:
    assert program("riscv64") == program("sparc") == b""


def test_the_machine_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for machine in MACHINES:
        monkeypatch.setattr(platform, "machine", lambda machine=machine: machine)
        assert program() == program(machine)
    assert program("x86_64") != program("aarch64")
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert program() == b""
