"""What runs on a second device, in a process of its own: `pytest tests/device/inside/answers.py --device pretend`.

The device must be there before the process's first backward pass, and cannot be taken back. That is why nothing here
is collected with the other tests: tests/device/test_device.py starts each file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from pushforward.answering import wire
from tests.device import pretend


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--device", default=pretend.NAME, help="pretend, or cuda where there is a GPU")


@pytest.fixture(autouse=True)
def _rehearsed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the training of an exercise is long, the quick budget has to do."""
    exercise = request.node.callspec.params.get("exercise") if hasattr(request.node, "callspec") else None
    if exercise is not None and exercise.long:
        monkeypatch.setenv("PUSHFORWARD_BUDGET", "quick")


@pytest.fixture(scope="session")
def device(request: pytest.FixtureRequest) -> torch.device:
    """The second device, known to torch."""
    name = request.config.getoption("--device")
    return pretend.register() if name == pretend.NAME else torch.device(name, 0)


@pytest.fixture(autouse=True)
def _at_hand(device: torch.device, monkeypatch: pytest.MonkeyPatch) -> None:
    """The course finds two devices, and the wire takes a tensor of the second for the plain one that it plays."""
    for place in ("pushforward.device.devices", "autograder.judging.compare.devices"):
        monkeypatch.setattr(place, lambda: ["cpu", device.type])
    monkeypatch.setattr(wire, "encode", _encoding(wire.encode))


def _encoding(encode: Callable[..., list]) -> Callable[..., list]:
    def encoded(value: Any, arrays: list, *more: Any) -> list:
        return wire._encode_tensor(value, arrays) if type(value) is pretend.Pretend else encode(value, arrays, *more)

    return encoded
