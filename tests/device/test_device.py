"""Everything that may meet a second device meets one: a pretend device everywhere, a GPU where there is one.

Each file of tests/device/inside runs in a process of its own: torch cannot forget a device, and must know of it before
its first backward pass.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.device import pretend

ROOT = Path(__file__).resolve().parents[2]
PARTS = sorted(path.stem for path in (ROOT / "tests/device/inside").glob("*.py") if path.stem != "conftest")
OWN = ("-p", "no:xdist", "-p", "no:cacheprovider", "-q", "--no-header")
needs_pretend = pytest.mark.skipif(pretend.missing() is not None, reason=str(pretend.missing()))


def inside(*arguments: str) -> subprocess.CompletedProcess:
    """What pytest says of this part, in a fresh process."""
    told = [sys.executable, "-m", "pytest", *OWN, *arguments]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    return subprocess.run(told, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@needs_pretend
@pytest.mark.parametrize("part", PARTS)
def test_on_the_pretend_device(part: str) -> None:
    run = inside(f"tests/device/inside/{part}.py", "--device", pretend.NAME)
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
@pytest.mark.parametrize("part", PARTS)
def test_on_a_gpu(part: str) -> None:
    run = inside(f"tests/device/inside/{part}.py", "--device", "cuda")
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
