"""How fast figures move is measured under their own controls, beside an empty figure of the same size."""

import ast
from pathlib import Path

import ipywidgets
import pytest

from autograder.measuring import frames
from autograder.measuring.answers import reference
from pushforward.figures.controls import choice, slider

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("source", sorted((ROOT / "solutions").glob("*.py")), ids=lambda path: path.stem)
def test_every_notebook_has_a_figure_that_moves_and_is_found(source: Path) -> None:
    found = list(frames.explorers(source))
    assert found
    assert all(call.func.id.endswith("_explorer") for call, _ in found)


def test_one_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "TURNS", 2)
    source = ROOT / "solutions" / "00_start_here.py"
    (call, before), *_ = frames.explorers(source)
    speed = frames.measured("push", call, dict(reference(ROOT, source.stem)), before)
    assert speed.frame > 0
    assert speed.bare > 0


def test_what_a_figure_shows_may_come_from_the_cells_above_it() -> None:
    call = ast.parse("slider_explorer(width)", mode="eval").body
    names = {"slider_explorer": lambda width: width}
    assert frames._evaluated(call, names, ["width = 3"]) == 3
    with pytest.raises(NameError):
        frames._evaluated(call, {"slider_explorer": print}, ["depth = 3"])


@pytest.mark.parametrize(
    "control",
    [
        slider("n", 0, 3),
        slider("x", 0, 1, 0.1),
        choice("c", ["a", "b"]),
        ipywidgets.FloatRangeSlider(min=0, max=1, step=0.1, value=(0.2, 0.8)),
    ],
    ids=lambda control: type(control).__name__,
)
def test_a_control_is_moved_to_and_fro(control: ipywidgets.ValueWidget) -> None:
    seen = []
    control.observe(lambda change: seen.append(change["new"]), names="value")
    moves = frames.movements(control)
    for turn in range(5):
        moves[turn % len(moves)]()
    assert len(seen) >= 4


def test_a_button_that_plays_is_no_control_to_drag() -> None:
    assert frames.movements(ipywidgets.Play()) == []
