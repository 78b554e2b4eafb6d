"""Where the training of an exercise is long, its answers are tried in the quick budget, if a test does not say more."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _rehearsed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    exercise = request.node.callspec.params.get("exercise") if hasattr(request.node, "callspec") else None
    if exercise is not None and exercise.long:
        monkeypatch.setenv("PUSHFORWARD_BUDGET", "quick")
