"""The figure of the course: a Gaussian cloud, pushed through the notebooks until it is two moons.

Hand-made SVG text, so that the same table of contents gives the same bytes on each machine. Colours are
Okabe and Ito's and never carry a meaning alone: each notebook has its number, one that is to come is a ring, and
what a student has done is an arc around it, with a tick when it is all.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Collection, Iterator, Mapping
from html import escape
from itertools import cycle

from pushforward.contents import Entry

Point = tuple[float, float]
Parts = dict[str, list[Entry]]

WIDTH, EDGE = 900, 36
SKY, LINE, LIST = 136, 252, 310  # heights of the clouds, of the line of notebooks, of their first titles
CLOUDS, POINTS = 6, 180
COLUMNS, ROW = 4, 19  # lists side by side, and the height of a line in them
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#999999")

STYLE = """\
text { font-family: system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
.card { fill: #ffffff; stroke: #d1d9e0; } .ring { fill: #ffffff; }
.dim { fill: #59636e; } .path { stroke: #59636e; } .done { stroke: #1f2328; }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc; }
.card { fill: #0d1117; stroke: #3d444d; } .ring { fill: #0d1117; }
.dim { fill: #9198a1; } .path { stroke: #9198a1; } .done { stroke: #f0f6fc; }
}
text.on-dark { fill: #ffffff; } text.on-light { fill: #111111; }"""


def course_map(notebooks: tuple[Entry, ...], ready: Collection[str], done: Mapping[str, float] | None = None) -> str:
    """The map as SVG text.

    ready: names of the notebooks that are complete; the others are drawn as rings. done: for the map of one student,
    the share of each notebook's points that she has.
    """
    parts, done = _parts(notebooks), done or {}
    lists, bottom = _lists(parts, ready)
    body = [*_head(bool(done)), *_clouds(), *_stations(parts, ready, done), *lists]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom}" width="{WIDTH}" '
            f'height="{bottom}" role="img" aria-labelledby="title desc">',
            '<title id="title">Map of the course: from noise to data</title>',
            f'<desc id="desc">{escape(description(notebooks, ready, done))}</desc>',
            f"<style>\n{STYLE}\n</style>",
            f'<rect class="card" x="0.5" y="0.5" width="{WIDTH - 1}" height="{bottom - 1}" rx="12"/>',
            *body,
            "</svg>\n",
        ]
    )


def description(notebooks: tuple[Entry, ...], ready: Collection[str], done: Mapping[str, float] | None = None) -> str:
    """The map in words, for those who do not see it."""
    lists = (
        f"{title}: {', '.join(f'{e.number} {e.title}' for e in part)}" for title, part in _parts(notebooks).items()
    )
    own = (f"{e.number} to {done[e.name]:.0%}" for e in notebooks if done and done.get(e.name))
    return (
        "A round cloud of noise on the left is pushed, step by step, into two moons of data on the right, "
        f"along a line of {len(notebooks)} notebooks, of which {len(ready)} are ready. {'; '.join(lists)}."
        + (f" Done so far: {', '.join(own) or 'nothing yet'}." if done else "")
    )


def _parts(notebooks: tuple[Entry, ...]) -> Parts:
    """The notebooks by the title of their part."""
    parts: Parts = {}
    title = ""
    for entry in notebooks:
        title = entry.part or title
        parts.setdefault(title[:1].upper() + title[1:], []).append(entry)
    return parts


def _head(own: bool) -> Iterator[str]:
    yield _text(EDGE, 40, "From noise to data", size=20, weight=700)
    yield _text(WIDTH - EDGE - 152, 40, "ready", css="dim")
    yield f'<circle cx="{WIDTH - EDGE - 164}" cy="36" r="6" fill="{PALETTE[0]}"/>'
    yield _text(WIDTH - EDGE - 52, 40, "to come", css="dim")
    yield _ring(WIDTH - EDGE - 64, 36, 6, PALETTE[0])
    if own:
        yield _text(WIDTH - EDGE - 268, 40, "your points", css="dim")
        yield _arc(WIDTH - EDGE - 282, 36, 8, 0.75)


def _text(
    x: float, y: float, text: str, *, size: float = 13, weight: int = 400, css: str = "", anchor: str = ""
) -> str:
    extra = (f' class="{css}"' if css else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" font-weight="{weight}"{extra}>{escape(text)}</text>'


def _ring(x: float, y: float, r: float, colour: str) -> str:
    return f'<circle class="ring" cx="{x:g}" cy="{y:g}" r="{r:g}" stroke="{colour}" stroke-width="2"/>'


# --- noise becomes data -------------------------------------------------------------------------------------


def _clouds() -> Iterator[str]:
    """The same points six times, on their way; a few of their paths behind them."""
    pairs = [_pair(i) for i in range(POINTS)]
    for noise, data in pairs[::6]:
        way = " ".join(_at(noise, data, step) for step in range(CLOUDS))
        yield f'<polyline class="path" points="{way}" fill="none" stroke-width="0.8" stroke-opacity="0.3"/>'
    for upper, colour in ((True, PALETTE[0]), (False, PALETTE[4])):
        half = [pair for pair in pairs if (pair[0][1] >= 0) is upper]
        dots = "".join(f"M{_at(*pair, step)}h0" for step in range(CLOUDS) for pair in half)
        yield f'<path d="{dots}" stroke="{colour}" stroke-width="3" stroke-linecap="round" fill="none"/>'
    yield _text(EDGE + 52, SKY + 78, "noise", css="dim", anchor="middle")
    yield _text(WIDTH - EDGE - 52, SKY + 78, "data", css="dim", anchor="middle")


def _pair(i: int) -> tuple[Point, Point]:
    """Point i of a Gaussian (a sunflower's, radii by quantile) and its image on the moons.

    z = r (cos a, sin a) with r² = −2 log(1 − u): the upper half goes to one moon, the lower to the other.
    """
    r = math.sqrt(-2 * math.log(1 - (i + 0.5) / POINTS))
    a = (i * math.pi * (3 - math.sqrt(5))) % (2 * math.pi)
    width = 1 + 0.14 * (r - 1.2)
    x, y = width * math.cos(a), width * abs(math.sin(a))
    moon = (x - 0.5, y - 0.25) if a < math.pi else (x + 0.5, 0.25 - y)
    return (r * math.cos(a), r * math.sin(a)), moon


def _at(noise: Point, data: Point, step: int) -> str:
    """Where a point is at a step of its straight way, in the picture."""
    t = step / (CLOUDS - 1)
    left, right = EDGE + 52, WIDTH - EDGE - 52
    x, y = ((1 - t) * z + t * d for z, d in zip(noise, data, strict=True))
    scale = 22 + 14 * t
    return f"{left + t * (right - left) + scale * x:.1f},{SKY - scale * y:.1f}"


# --- the notebooks ------------------------------------------------------------------------------------------


def _stations(parts: Parts, ready: Collection[str], done: Mapping[str, float]) -> Iterator[str]:
    """A line of numbered circles, in the colour of their part."""
    coloured = [(entry, colour) for part, colour in zip(parts.values(), cycle(PALETTE), strict=False) for entry in part]
    left, right = EDGE + 12, WIDTH - EDGE - 12
    gap = (right - left) / max(len(coloured) - 1, 1)
    yield f'<path class="path" d="M{left},{LINE}H{right}" stroke-width="2" stroke-opacity="0.4"/>'
    for place, (entry, colour) in enumerate(coloured):
        yield from _station(left + gap * place, entry, colour, entry.name in ready)
        yield from _reached(round(left + gap * place, 1), done.get(entry.name, 0.0))


def _reached(x: float, share: float) -> Iterator[str]:
    """What a student has of a notebook: an arc around its circle, and a tick below once it is whole."""
    if share > 0:
        yield _arc(x, LINE, 16, share)
    if share >= 1:
        yield f'<path class="done" d="M{x - 5:g},{LINE + 24}l4,4l7,-8" fill="none" stroke-width="2.5"/>'


def _arc(x: float, y: float, r: float, share: float) -> str:
    """Part of a circle, clockwise from its top."""
    whole = 2 * math.pi * r
    return (
        f'<circle class="done" cx="{x:g}" cy="{y:g}" r="{r:g}" fill="none" stroke-width="3.5" '
        f'stroke-dasharray="{share * whole:.1f} {whole:.1f}" transform="rotate(-90 {x:g} {y:g})"/>'
    )


def _station(x: float, entry: Entry, colour: str, ready: bool) -> Iterator[str]:
    x = round(x, 1)
    yield f'<circle cx="{x:g}" cy="{LINE}" r="13" fill="{colour}"/>' if ready else _ring(x, LINE, 12, colour)
    css = ("on-dark" if colour == PALETTE[0] else "on-light") if ready else ""
    yield _text(x, LINE + 4.2, entry.number, size=12, weight=600, css=css, anchor="middle")


def _lists(parts: Parts, ready: Collection[str]) -> tuple[list[str], int]:
    """The titles, part by part, four parts to a row; and the height that all of it needs."""
    drawn, top, longest = [], LIST, 0
    for place, ((title, part), colour) in enumerate(zip(parts.items(), cycle(PALETTE), strict=False)):
        if place and place % COLUMNS == 0:
            top, longest = top + ROW * longest + 14, 0
        x = EDGE + (place % COLUMNS) * (WIDTH - 2 * EDGE + 8) / COLUMNS
        lines = list(_list(x, top, title, part, colour, ready))
        drawn, longest = drawn + lines, max(longest, len(lines))
    return drawn, top + ROW * longest + 14


def _list(x: float, top: int, title: str, part: list[Entry], colour: str, ready: Collection[str]) -> Iterator[str]:
    """One part: a coloured bar with its title, and a line (or two) for each notebook."""
    bar = f'<rect x="{x:g}" y="{top - 11}" width="5" height="13" rx="2" fill="{colour}"/>'
    yield bar + _text(x + 12, top, title, weight=700)
    y = top
    for entry in part:
        for place, line in enumerate(textwrap.wrap(entry.title, 25)):
            y += ROW
            number = _text(x, y, entry.number, css="dim") if place == 0 else ""
            yield number + _text(x + 24, y, line, css="" if entry.name in ready else "dim")
