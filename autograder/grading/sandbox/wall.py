"""The outer wall: the command that starts a process inside bubblewrap, and what that process can see.

It sees Python, the installed libraries and the helper package, read-only; no course, no judge, no home, no network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pushforward
from autograder.grading.sandbox.syscalls import program
from pushforward.errors import CourseError

TRIAL_SECONDS = 60
PACKAGE = "/package"  # where the helper package stands inside
CHOICES = (
    "Install bubblewrap (Debian and Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap), grade on a Linux "
    "machine or in a virtual machine, or choose --sandbox none, which runs students' code as you, with your files and "
    "your network, and marks every grade as not isolated."
)
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/fonts", "/etc/alternatives")
_HIDDEN = ("autograder", "solutions")  # what an installed copy of the course would lay beside the libraries
# In the system's folders, but no part of the system: settings with a database's password, nbgrader's exchange.
_COVERED = ("/usr/etc", "/usr/local/etc", "/usr/local/share/nbgrader", "/usr/share/nbgrader")
# What a Python needs of its prefix. The rest stays out: the prefix may be the course's own folder, or somebody's home.
_PARTS = ("bin", "lib", "lib32", "lib64", "pyvenv.cfg")

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/tmp",
    "TMPDIR": "/tmp",
    "MPLCONFIGDIR": "/tmp",
    "IPYTHONDIR": "/tmp",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "NBGRADER_EXECUTION": "autograde",
    "PUSHFORWARD_BUDGET": "graded",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",  # each arena reserves address space, which is limited
    "CUDA_VISIBLE_DEVICES": "",
}


def present() -> None:
    """Raises CourseError where bubblewrap is missing, with the choices, or Python is where submissions find nothing."""
    if sys.platform != "linux" or shutil.which("bwrap") is None:
        raise CourseError(f"The sandbox needs bubblewrap, which is not on this machine. {CHOICES}")
    if Path(sys.base_prefix).is_relative_to("/tmp"):  # an environment can move, not the Python that it was made with
        raise CourseError(
            f"Python itself lies in {sys.base_prefix}, and every submission gets an empty /tmp of its own: install "
            "Python in another folder."
        )


def ready() -> None:
    """Raises CourseError, with the choices, where bubblewrap is missing or not allowed to work."""
    present()
    inner = [sys.executable, f"{PACKAGE}/pushforward/answering/walls.py"]
    try:
        trial = subprocess.run(command(inner), capture_output=True, text=True, check=False, timeout=TRIAL_SECONDS)
    except subprocess.TimeoutExpired:
        raise CourseError(f"bubblewrap does not come to an end on this machine. {CHOICES}") from None
    if trial.returncode != 0:
        reason = (trial.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise CourseError(f"bubblewrap cannot make a sandbox on this machine ({reason}). {CHOICES}")


def command(
    inner: list[str],
    blocked: int = 0,
    without: frozenset[str] = frozenset(),
    more: Mapping[Path, Path] = MappingProxyType({}),
) -> list[str]:
    """The bubblewrap command line for an inner command.

    blocked: the descriptor of a system-call filter, 0 for none; like all that are passed on, it keeps its number.
    without: walls left out, "files" or "network", for tests that show what each is for. more: what else is to be seen,
    and where.
    """
    arguments = ["bwrap", "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"]
    arguments += ["--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"]
    arguments += [] if "network" in without else ["--unshare-net"]
    arguments += ["--cap-add", "ALL"] if os.getuid() == 0 else ["--unshare-user"]
    arguments += _everything() if "files" in without else _mounts(more)
    arguments += ["--chdir", "/tmp"]
    inner = inner if "files" in without else [str(_inside(Path(inner[0]))), *inner[1:]]
    package = str(_source().parent) if "files" in without else PACKAGE
    for name, value in {**ENVIRONMENT, "PYTHONPATH": package}.items():
        arguments += ["--setenv", name, value]
    if blocked:
        arguments += ["--seccomp", str(blocked)]
    return [*arguments, "--", *inner]


def filter_file() -> int:
    """A descriptor that holds the system-call filter, 0 where there is none for this machine."""
    compiled = program()
    if not compiled:
        return 0
    with tempfile.TemporaryFile() as file:
        file.write(compiled)
        file.seek(0)
        return os.dup(file.fileno())


def _mounts(more: Mapping[Path, Path]) -> list[str]:
    arguments: list[str] = []
    for path in _SYSTEM:
        arguments += _bound(Path(path)) if os.path.isdir(path) else []
    for path in _ETC:
        arguments += ["--ro-bind-try", path, path]
    for part in _python():
        arguments += [*_parents(_inside(part)), *_bound(part)]
    hidden = {path / name for folder in _libraries() for path in (folder, folder.resolve()) for name in _HIDDEN}
    for folder in (*sorted(hidden), *map(Path, _COVERED)):
        if folder.is_dir():
            place = str(_inside(folder))
            arguments += ["--size", "4096", "--tmpfs", place, "--remount-ro", place]
    for source, place in {_source(): Path(PACKAGE) / "pushforward", **more}.items():
        arguments += [*_parents(place), "--ro-bind", str(source), str(place)]
    arguments += ["--dev", "/dev", "--remount-ro", "/dev"]
    arguments += ["--perms", "1777", "--size", str(64 << 20), "--tmpfs", "/tmp"]
    return [*arguments, "--proc", "/proc", "--remount-ro", "/"]


def _bound(path: Path) -> list[str]:
    """The same file or folder inside; a link stays one, so that nothing appears under a second name."""
    if path.is_symlink():
        return ["--symlink", os.readlink(path), str(_inside(path))]
    return ["--ro-bind", str(path), str(_inside(path))]


def _inside(path: Path) -> Path:
    """Where it stands inside. /tmp is every submission's own, so an environment in there moves."""
    return Path("/environment", *path.parts[2:]) if path.is_relative_to("/tmp") else path


def _everything() -> list[str]:
    return ["--bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]


def _source() -> Path:
    return Path(pushforward.__file__).resolve().parent


def _python() -> list[Path]:
    """Python and its libraries, in so far as they are not in the system's own folders; what lies in another once."""
    prefixes = [Path(p) for p in (sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix)]
    prefixes.append(Path(os.path.realpath(sys.executable)).parents[1])
    wanted = [prefix / part for prefix in prefixes for part in _PARTS] + _libraries()
    kept: list[Path] = []
    for path in sorted({p for w in wanted if os.path.exists(w) for p in (w, w.resolve())}):
        if not any(path.is_relative_to(k) for k in (*kept, *map(Path, _SYSTEM))):
            kept.append(path)
    return kept


def _libraries() -> list[Path]:
    """The folders of installed packages: never the working folder or a checkout."""
    return [Path(p) for p in sys.path if Path(p).name in ("site-packages", "dist-packages") and Path(p).is_dir()]


def _parents(path: Path) -> list[str]:
    """The folders above a mount, open to whoever the inner process becomes."""
    above = [p for p in reversed(path.parents) if p != Path("/") and str(p) not in _SYSTEM]
    return [word for p in above for word in ("--perms", "0755", "--dir", str(p))]
