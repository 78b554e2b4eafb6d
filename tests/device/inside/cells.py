"""What the notebooks give and show runs on a second device: given functions, helpers, demonstrations, trainings."""

from __future__ import annotations

import ast
import functools
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jupytext
import matplotlib
import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from autograder.building.source import tag_of
from autograder.measuring.answers import reference
from pushforward.answering.maps import POOL, flow_map
from pushforward.answering.nets import ARCHITECTURES
from pushforward.data import bend_to_moons, digits, two_moons
from pushforward.flows import Flow
from tests.device import pretend

ROOT = Path(__file__).resolve().parents[3]
NOTEBOOKS = sorted(path.stem for path in (ROOT / "solutions").glob("[0-9]*.py"))
F64 = torch.float64


def noise(*shape: int) -> torch.Tensor:
    return torch.tensor(np.random.default_rng(0).normal(size=shape), dtype=F64)


def agree(here: torch.Tensor, there: torch.Tensor, device: torch.device) -> None:
    assert there.device.type == device.type
    torch.testing.assert_close(there.cpu(), here)


# --- given functions -------------------------------------------------------------------------------------------


class _Doubling:
    """A flow that doubles what it is given."""

    def __call__(self, z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return 2 * z, math.log(4) + 0 * z[:, 0]

    def inverse(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return x / 2, 0 * x[:, 0] - math.log(4)


DOUBLING = _Doubling()

# Name -> what is made with it; `to` brings a tensor to the device. What takes no tensor follows the default device.
To = Callable[[torch.Tensor], torch.Tensor]
GIVEN: dict[str, Callable[[Callable, To], Any]] = {
    "slope": lambda slope, to: slope(torch.sin, to(noise(3, 2))),
    "normal_points": lambda normal_points, to: torch.cat([part.reshape(-1) for part in normal_points(5)]),
    "per_item": lambda per_item, to: per_item(to(noise(3)), to(noise(3, 2, 2))) * to(noise(3, 2, 2)),
    "times": lambda times, to: times(7),
    "cosine": lambda cosine, to: cosine(7),
    "network": lambda network, to: alike(network(2, 1))(to(noise(3, 2).float())).detach(),
    "jacobian_of": lambda jacobian_of, to: jacobian_of(torch.tanh, to(noise(3, 2))).detach(),
    "solved": lambda solved, to: solved(lambda z: 2 * z, to(noise(1))),
    "log_normal": lambda log_normal, to: log_normal(to(noise(3)), to(noise(3)), to(noise(3).exp())),
    "as_layer": lambda as_layer, to: as_layer(lambda z: (2 * z, z[:, 0]), None)(to(noise(2, 3)))[0],
    "moons_flow": lambda moons_flow, to: alike(moons_flow(2, 4))(to(noise(3, 2).float()))[0].detach(),
    "at_home": lambda at_home, to: at_home(lambda x: x.sum(1))(to(noise(3, 2))),
    "stretches": lambda stretches, to: stretches(lambda z: (z**3, z[:, 0]), to(noise(3, 2))),
    "walk_of": lambda walk_of, to: walk_of(DOUBLING, *to(noise(2, 2)))["ladj"].to(to(noise(1)).device),
    "always_one": lambda always_one, to: torch.tensor(always_one(3), dtype=F64) + to(noise(1)),
    "average_bound": lambda bound, to: bound(*(to(part) for part in linear_vae_parts()), 0.7),
    "average_log_likelihood": lambda likelihood, to: likelihood(*(to(part) for part in linear_vae_parts()[:2]), 0.7),
    "as_levels": lambda as_levels, to: as_levels(to(noise(3, 64))),
}
FILES = {"bytes_of_others", "file_of"}  # of what lies on the disk
TRAINS = {  # with chance in it: these run with their whole notebook, below
    *{"ten_kinds", "told_kinds", "train_plain", "plain_run", "train_curves", "curves_run"},
    *{"players", "descend", "train_ring", "ring_run"},
    *{"slowing", "spline_run", "fit_few"},
    *{"small_nelbo", "small_run", "ladder_run"},
    *{"seen", "train_digits", "digits_run", "train_flow", "flow_run"},
    *{"train_vae", "costs", "map_run", "said_run", "reading_run"},
    *{"train_moons", "moons_run", "skipping_chain", "train_pictures", "train_levels", "levels_run"},
    *{"train_pixels", "pixels_run"},
}


def linear_vae_parts() -> tuple[torch.Tensor, ...]:
    """A covariance, W, V and log sigma, of three pixels and two latents."""
    root = noise(3, 3)
    return root @ root.T, noise(3, 2), noise(2, 3), noise(2)


def alike(net: torch.nn.Module) -> torch.nn.Module:
    """With the same weights everywhere, whatever the device's dice gave it."""
    for k, weights in enumerate(net.parameters()):
        weights.data.copy_(0.1 * noise(*weights.shape).float() + 0.01 * k)
    return net


@functools.cache
def given_functions() -> dict[str, Callable]:
    """Every function of every given cell, by its name."""
    found = {}
    for notebook in NOTEBOOKS:
        for cell in _cells(notebook, "given"):
            names = [node.name for node in ast.parse(cell).body if isinstance(node, ast.FunctionDef)]
            found |= {name: reference(ROOT, notebook)[name] for name in names}
    return found


def _cells(notebook: str, *kinds: str) -> Iterator[str]:
    for cell in jupytext.read(ROOT / "solutions" / f"{notebook}.py").cells:
        if cell.cell_type == "code" and tag_of(cell).kind in kinds and cell.source != "total()":
            yield cell.source


def test_no_given_function_is_left_out() -> None:
    assert given_functions().keys() == GIVEN.keys() | TRAINS | FILES


@pytest.mark.parametrize("name", GIVEN)
def test_a_given_function_gives_the_same_there(name: str, device: torch.device) -> None:
    function = given_functions()[name]
    here = GIVEN[name](function, lambda x: x)
    with torch.device(device):
        agree(here, GIVEN[name](function, lambda x: x.to(device)), device)


@pytest.mark.parametrize("name", reference(ROOT, "15_diffusion_forward")["SCHEDULES"])
def test_a_given_schedule_is_the_same_there(name: str, device: torch.device) -> None:
    schedule = reference(ROOT, "15_diffusion_forward")["SCHEDULES"][name]
    here = schedule(9)
    with torch.device(device):
        agree(here, schedule(9), device)


# --- helpers ---------------------------------------------------------------------------------------------------

PARAMETERS: dict[str, Any] = {  # of the maps in the pool, by their names there
    **{"A": [[1.0, 0.5], [-0.4, 0.8]], "u": [0.3, 0.4], "w": [0.5, -0.2], "n": 3, "low": -1.0, "high": 2.0},
}


@pytest.mark.parametrize("name", POOL)
def test_a_map_of_the_pool_gives_the_same_there_and_can_be_differentiated(name: str, device: torch.device) -> None:
    entry = POOL[name]
    parameters = {p: PARAMETERS.get(p, 0.7) for p in entry.parameters}
    if entry.dimensions:
        parameters |= {p: [0.7, 0.2, 0.1][: entry.dimensions[0]] for p in ("a", "b") if p in parameters}
    f = flow_map(name, parameters)
    x = noise(4, *entry.dimensions[:1])
    agree(f(x), f(x.to(device)), device)
    moving = x.to(device).requires_grad_()
    f(moving).sum().backward()
    assert moving.grad.device.type == device.type


def test_networks_and_polynomials_are_made_where_their_weights_are(device: torch.device) -> None:
    weights = [noise(4, 2), noise(4), noise(1, 4), noise(1)]
    there = [w.to(device) for w in weights]
    agree(ARCHITECTURES["mlp"](weights)(noise(3, 2)), ARCHITECTURES["mlp"](there)(noise(3, 2).to(device)), device)


@pytest.mark.parametrize("name", ["flow", "flow_inverse"])
def test_a_small_flow_is_made_where_its_weights_are(name: str, device: torch.device) -> None:
    weights, x = [noise(2), noise(2) / 2], noise(3, 2)
    here, there = ARCHITECTURES[name](weights)(x), ARCHITECTURES[name]([w.to(device) for w in weights])(x.to(device))
    for one, other in zip(here, there, strict=True):
        agree(one, other, device)


def test_a_flow_of_couplings_gives_the_same_there(device: torch.device) -> None:
    flow, x = alike(Flow(layers=2, hidden=4)), noise(3, 2).float()
    here = [part.detach() for part in (*flow(x), *flow.inverse(x), flow.log_p(x))]
    flow, x = flow.to(device), x.to(device)
    for one, other in zip(here, (*flow(x), *flow.inverse(x), flow.log_p(x)), strict=True):
        agree(one, other.detach(), device)


def test_data_follow_the_default_device_and_their_generator(device: torch.device) -> None:
    with torch.device(device):
        generator = torch.Generator(device).manual_seed(0)
        for x in (two_moons(9, generator=generator), *digits("test"), bend_to_moons(noise(9, 2).to(device))):
            assert x.device.type == device.type


# --- demonstrations and trainings ------------------------------------------------------------------------------


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The smallest amounts of work; pictures are drawn and not rendered, which takes longest and asks no tensor."""
    monkeypatch.setenv("PUSHFORWARD_BUDGET", "quick")
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")  # no bars
    monkeypatch.setattr(Figure, "savefig", lambda *_, **__: None)
    with matplotlib.rc_context():
        yield


def run(notebook: str, change: Callable[[Any], Any] = lambda value: value) -> None:
    """Its given, answer and demonstration cells from top to bottom, in this process; pictures are drawn and dropped.

    change: what becomes of each name that the first cell imports.
    """
    names: dict[str, Any] = {"__name__": "notebook"}
    first, *rest = _cells(notebook, "given", "solve", "demo")
    exec(compile(first, notebook, "exec"), names)
    names = {name: change(value) for name, value in names.items()} | {"display": lambda *_: None}
    for source in rest:
        exec(compile(source, notebook, "exec"), names)


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_runs_where_there_is_a_second_device(
    notebook: str, device: torch.device, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """First what it moves with best_device() is there and the rest on the CPU; then all of it is there."""
    run(notebook)
    by_itself = capsys.readouterr().out
    move_everything(device, monkeypatch)
    with torch.device(device):
        run(notebook, lambda value: undressed(value) if "figures" in getattr(value, "__module__", "") else value)
    all_there = capsys.readouterr().out
    assert "and stopped with" not in by_itself + all_there
    if device.type == pretend.NAME:  # whose noise is that of the CPU
        here, there = numbers(by_itself), numbers(all_there)
        assert [number for number, _ in there] == [pytest.approx(number, abs=1.01 * unit) for number, unit in here]


def move_everything(device: torch.device, monkeypatch: pytest.MonkeyPatch) -> None:
    """Generators follow the default device, and what a cell plots is fetched, as a student would have to write it."""
    generator = torch.Generator

    class There(generator):
        def __new__(cls) -> torch.Generator:
            return generator(device)

    monkeypatch.setattr(torch, "Generator", There)
    to_array = torch.Tensor.numpy
    for kind in (torch.Tensor, pretend.Pretend):
        monkeypatch.setattr(kind, "numpy", lambda x, **_: to_array(x.detach().cpu()))
        monkeypatch.setattr(kind, "__array__", lambda x, *how, **_: np.asarray(to_array(x.detach().cpu()), *how[:1]))


def numbers(text: str) -> list[tuple[float, float]]:
    """Each number that was printed, and one of its last digit: a training may round to the other side."""
    return [(float(number), 10.0 ** -len(number.partition(".")[2])) for number in re.findall(r"-?\d+\.\d+", text)]


def undressed(drawing: Any) -> Any:
    """A drawing that works where its tensors are, so that the notebook's own functions are called there."""
    return getattr(drawing, "__wrapped__", drawing)
