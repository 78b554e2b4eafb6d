"""The current folder is no place to import from: it may hold a numpy.py that somebody has handed in."""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder


def leave() -> None:
    """Take out what `python -m` puts first into sys.path, before anything but this has been imported.

    The folder that holds this package comes last instead: in a checkout without an installation it is the very folder
    in which the package was found. Only an installed copy of the course, perhaps an older one, must not come before it.
    """
    here = sys.path[0]
    sys.path[:] = [path for path in sys.path if path not in ("", here)]
    copy = PathFinder.find_spec("pushforward")
    at = sys.path.index(_above(copy.origin)) if copy and copy.origin else len(sys.path)
    sys.path.insert(at, _above(__file__))


def keep_away() -> None:
    """No Python that this one starts looks there either."""
    os.environ["PYTHONSAFEPATH"] = "1"


def _above(file: str) -> str:
    """The folder that holds the file's package."""
    return os.path.dirname(os.path.dirname(file))
