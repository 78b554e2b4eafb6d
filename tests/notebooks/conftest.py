"""What the tests of every notebook begin with: a strict drawing board, and the notebook's own names."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib
import pytest

from autograder.measuring.answers import reference

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _strict() -> Iterator[None]:
    """A style of one's own, and no warning in any drawing."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture(scope="module")
def names(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the given and the answer cells define of the notebook after which the test file is named."""
    about = request.path.stem.removeprefix("test_")
    (notebook,) = [path.stem for path in ROOT.glob("solutions/[0-9]*.py") if about.startswith(path.stem)]
    return reference(ROOT, notebook)
