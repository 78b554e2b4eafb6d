"""What a class costs as it grows from ten students to a thousand: a straight line, or not."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from autograder.grading.race_ours import ours


@dataclass(frozen=True)
class Growth:
    """seconds[k]: of the whole command on sizes[k] submissions to one assignment, with that many workers."""

    assignment: str
    workers: int
    sizes: tuple[int, ...]
    seconds: tuple[float, ...]

    @property
    def line(self) -> tuple[float, float]:
        """(start, each): seconds ≈ start + each · size, by least squares on the relative error."""
        sizes, seconds = np.array(self.sizes, float), np.array(self.seconds)
        design = np.stack([1 / seconds, sizes / seconds], 1)
        start, each = np.linalg.lstsq(design, np.ones(len(sizes)), rcond=None)[0]
        return float(start), float(each)

    @property
    def off(self) -> float:
        """The largest relative distance from the line."""
        start, each = self.line
        return max(abs(start + each * n - s) / s for n, s in zip(self.sizes, self.seconds, strict=True))


def grow(root: Path, submitted: Path, folder: Path, assignment: str, sizes: Sequence[int], workers: int) -> Growth:
    """Grade the first students of a class, more each time. submitted: holds as many as the largest size."""
    students, seconds = sorted(path.name for path in submitted.iterdir()), []
    for size in sizes:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            some = Path(place) / "submitted"
            for student in students[:size]:
                _linked(submitted / student / assignment, some / student / assignment)
            seconds.append(ours(root, some, Path(place) / "graded", workers).wall)
    return Growth(assignment, workers, tuple(sizes), tuple(seconds))


def _linked(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for path in source.iterdir():
        os.link(path, target / path.name)


def told(growth: Growth) -> str:
    """The figures as a table in markdown, and how straight the line is."""
    start, each = growth.line
    before = [("", ""), *((f"{b}", f"{(t - s) / (b - a):.3f}") for (a, s), (b, t) in pairwise(_points(growth)))]
    rows = [
        f"| {n} | {s:.1f} | {s / n:.3f} | {step} |" for (n, s), (_, step) in zip(_points(growth), before, strict=True)
    ]
    head = (
        f"| submissions to {growth.assignment}, {growth.workers} workers | seconds | for each | for each further one |"
    )
    line = f"{start:.1f} s and {each:.3f} s for each submission, at most {100 * growth.off:.0f} % off."
    return "\n".join([head, "|--:|--:|--:|--:|", *rows, "", line])


def _points(growth: Growth) -> list[tuple[int, float]]:
    return list(zip(growth.sizes, growth.seconds, strict=True))


def draw(growth: Growth, path: Path) -> None:
    """The plot, as SVG: both axes logarithmic, so that small classes can be seen beside large ones."""
    from matplotlib.figure import Figure

    start, each = growth.line
    fig = Figure((6, 4), layout="constrained")
    ax = fig.subplots()
    sizes = np.geomspace(min(growth.sizes), max(growth.sizes), 100)
    ax.loglog(sizes, start + each * sizes, "--", color="0.5", label=f"{start:.1f} s + {each:.3f} s · submissions")
    ax.loglog(growth.sizes, growth.seconds, "o", color="#0072b2", label="measured")
    ax.set(xlabel="submissions", ylabel="seconds", title=f"{growth.assignment}, {growth.workers} workers")
    ax.grid(alpha=0.3)
    ax.legend()
    fig.savefig(path, format="svg", metadata={"Date": None})
