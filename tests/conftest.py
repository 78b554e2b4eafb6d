"""The sandbox exists on Linux only. Elsewhere, the tests that come to its door are skipped, and say why."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from autograder.grading.sandbox import wall

if sys.platform != "linux":

    @pytest.fixture(autouse=True, scope="session")
    def _no_sandbox() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(wall, "present", lambda: pytest.skip("the sandbox needs Linux and bubblewrap"))
            yield
