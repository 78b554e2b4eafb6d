"""Everything that may meet a second device meets one: a pretend device everywhere, a GPU where there is one.

The files of tests/device/inside run in processes of their own: torch cannot forget a device, and must know of it before
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
INSIDE = ROOT / "tests/device/inside"
PARTS = ("answers", "cells", "drawings mutants the_device")  # files that share a process, and its seconds of importing
OWN = ("-p", "no:xdist", "-p", "no:cacheprovider", "-q", "--no-header")
needs_pretend = pytest.mark.skipif(pretend.missing() is not None, reason=str(pretend.missing()))


def inside(part: str, device: str) -> subprocess.CompletedProcess:
    """What pytest says of these files, in a fresh process."""
    files = [str(INSIDE / f"{name}.py") for name in part.split()]
    told = [sys.executable, "-m", "pytest", *OWN, *files, "--device", device]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    return subprocess.run(told, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_no_file_is_left_out() -> None:
    assert {path.stem for path in INSIDE.glob("*.py")} == {"conftest", *" ".join(PARTS).split()}


@needs_pretend
@pytest.mark.parametrize("part", PARTS)
def test_on_the_pretend_device(part: str) -> None:
    run = inside(part, pretend.NAME)
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
@pytest.mark.parametrize("part", PARTS)
def test_on_a_gpu(part: str) -> None:
    run = inside(part, "cuda")
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
