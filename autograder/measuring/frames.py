"""How fast the figures that move are: frames a second on one core, and each frame beside matplotlib's own bare redraw.

The bare redraw is what no drawing can undercut: empty axes, as many and in a figure as large, rendered and packed as a
picture. Both are measured in turn in one run, so that a busy machine slows both.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ipywidgets
import jupytext
from matplotlib.figure import Figure

from autograder.measuring.answers import reference
from pushforward.figures import controls
from pushforward.figures.style import DPI, figure

TURNS = 12  # frames of each kind


@dataclass(frozen=True)
class Speed:
    """CPU seconds of a frame and of a bare redraw, medians."""

    name: str
    frame: float
    bare: float


def frame_table(root: Path) -> str:
    """Every explorer of the course under its own sliders, drawn with the model answers."""
    lines = [f"{'figure':44}{'ms':>6}{'a second':>10}{'bare ms':>9}{'ratio':>7}"]
    for path in sorted((root / "solutions").glob("*.py")):
        names = dict(reference(root, path.stem))
        for call, before in explorers(path):
            speed = measured(f"{path.stem[:2]} {call.func.id}", call, names, before)
            lines.append(
                f"{speed.name:44}{1000 * speed.frame:6.0f}{1 / speed.frame:10.1f}{1000 * speed.bare:9.0f}"
                f"{speed.frame / speed.bare:7.2f}"
            )
    return "\n".join(lines)


def explorers(source: Path) -> Iterator[tuple[ast.Call, list[str]]]:
    """The calls of explorers in a notebook's demonstrations, each with all demonstrations up to its own."""
    before: list[str] = []
    for cell in jupytext.read(source).cells:
        if "demo" in cell.metadata.get("tags", []):
            before.append(cell.source)
            for node in ast.walk(ast.parse(cell.source)):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id.endswith("_explorer")
                ):
                    yield node, list(before)


@contextlib.contextmanager
def _quickly() -> Iterator[None]:
    """What a demonstration trains is trained with the quick budget, and says nothing."""
    before = os.environ.get("PUSHFORWARD_BUDGET")
    os.environ["PUSHFORWARD_BUDGET"] = "quick"
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        os.environ.pop("PUSHFORWARD_BUDGET") if before is None else os.environ.update(PUSHFORWARD_BUDGET=before)


def measured(name: str, call: ast.Call, names: dict[str, Any], before: list[str]) -> Speed:
    """One explorer, under each of its controls in turn."""
    drawn: list[Figure] = []
    own = controls.Frames.picture

    def watched(frames: controls.Frames, fig: Figure, alt: str) -> Any:
        drawn.append(fig)
        return own(frames, fig, alt)

    controls.Frames.picture = watched
    try:
        box = _evaluated(call, names, before)
        moves = [move for control in box.children[0].children for move in movements(control)]
        bare = bare_redraw(drawn[-1])
        seconds = [(cpu(moves[turn % len(moves)]), cpu(bare)) for turn in range(TURNS + 1)][1:]
    finally:
        controls.Frames.picture = own
    return Speed(name, *(statistics.median(column) for column in zip(*seconds, strict=True)))


def _evaluated(call: ast.Call, names: dict[str, Any], before: list[str]) -> ipywidgets.VBox:
    code = compile(ast.Expression(call), "<explorer>", "eval")
    try:
        return eval(code, names)
    except NameError:  # it shows what demonstrations have made
        with _quickly():
            exec(compile("\n".join(before), "<demonstrations>", "exec"), names)
        return eval(code, names)


def movements(control: ipywidgets.ValueWidget) -> list[Callable[[], None]]:
    """Steps of one control to and fro."""
    if isinstance(control, ipywidgets.Play):
        return []
    if isinstance(control, ipywidgets.Dropdown):
        values = list(control.options)[:2]
    elif isinstance(control.value, tuple):
        values = [(control.min, control.value[1]), (control.min + control.step, control.value[1])]
    else:
        values = [control.min + control.step, control.min + 2 * control.step]
    return [lambda value=value: setattr(control, "value", value) for value in values]


def bare_redraw(like: Figure) -> Callable[[], None]:
    """Rendering an empty figure of this size, with as many axes, as a picture; its layout is settled before."""
    fig, _ = figure(1, max(len(like.axes), 1), tuple(like.get_size_inches()))

    def redraw() -> None:
        fig.savefig(io.BytesIO(), format="png", dpi=DPI)
        fig.set_layout_engine("none")

    redraw()
    return redraw


def cpu(act: Callable[[], None]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start
