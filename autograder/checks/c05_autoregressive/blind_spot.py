"""ar.blind_spot: an earlier pixel that no stack of masked convolutions sees; two stacks see it (long: a witness and its repair)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch.nn.functional import conv2d

from autograder.judging.compare import arithmetic, close, exact, has_shape, number, show, values
from autograder.judging.domain import Domain, Like, Made, Place, Tensor
from autograder.judging.draw import PYTHON, floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

PIXEL, STACKS = "blind_pixel", "two_stacks"


def _part(k: int, rows: slice, columns: slice) -> torch.Tensor:
    mask = torch.zeros(k, k)
    mask[rows, columns] = 1
    return mask


def _stacks(x, vertical, horizontal, *, above=0, later=1, own=0, join=True, first=0, late=False, squash=torch.tanh):
    """above: rows below those above that the first vertical layer takes; own: columns of the first horizontal one."""
    v = h = x
    for n, (a, b) in enumerate(zip(vertical, horizontal, strict=True)):
        k, half, begins = a.shape[-1], a.shape[-1] // 2, n == 0
        rows = slice(0, half + (above if begins else later))
        columns = slice(0, half + (own if begins else 1))
        v, h = (part if begins else squash(part) for part in (v, h))
        v = conv2d(v, (a * _part(k, rows, slice(0, k)).to(a))[None, None], padding=half)
        h = conv2d(h, (b * _part(k, slice(half, half + 1), columns).to(b))[None, None], padding=half)
        joins = n == len(vertical) - 1 if late else join or n == first
        h = h + v if joins else h
    return h


def _exchanged(x, vertical, horizontal):
    """Each vertical layer takes the horizontal result of the layer below."""
    h = x
    for n, (a, b) in enumerate(zip(vertical, horizontal, strict=True)):
        k, half = a.shape[-1], a.shape[-1] // 2
        below = torch.tanh(h) if n else h
        v = conv2d(below, (a * _part(k, slice(0, half + (n > 0)), slice(0, k)).to(a))[None, None], padding=half)
        across = b * _part(k, slice(half, half + 1), slice(0, half + (n > 0))).to(b)
        h = conv2d(below, across[None, None], padding=half) + v
    return h


def _one_stack(x, vertical, horizontal):
    """One after the other, each a masked convolution as in section 3."""
    h = x
    for n, (a, b) in enumerate(zip(vertical, horizontal, strict=True)):
        k, half = a.shape[-1], a.shape[-1] // 2
        weight = a * _part(k, slice(0, half), slice(0, k)).to(a)
        weight = weight + b * _part(k, slice(half, half + 1), slice(0, half + (n > 0))).to(b)
        h = conv2d(h if n == 0 else torch.tanh(h), weight[None, None], padding=half)
    return h


def _slip(**slip: Any) -> dict[str, Callable]:
    return {STACKS: lambda x, vertical, horizontal: _stacks(x, vertical, horizontal, **slip)}


# --- what is asked -----------------------------------------------------------------------------------------------


def _weights(place: Place) -> torch.Tensor:
    given = place.given.get("vertical")
    shape = given.shape if given is not None else (int(place.rng.integers(1, 5)), *[int(place.rng.choice([3, 5]))] * 2)
    return place.tensor(place.rng.normal(size=tuple(shape)) / 2)


def _single(place: Place) -> torch.Tensor:
    return place.tensor(place.rng.normal(size=(1, 3, 3)) / 2)


SIDE = Made(lambda place: int(place.rng.choice([3, 5, 7])), (lambda place: 9, lambda place: 15), ("int ≥ 3", "odd"))


@exercise("ar.blind_spot", (PIXEL, STACKS), kind="witness")
class BlindSpot(Exercise):
    """A step up moves at most k // 2 to the right: what lies further right of the diagonal is never seen."""

    apart = True
    form = gate("blind_pixel returns two whole numbers, rows up and columns to the right")
    earlier = gate("the pixel comes earlier in raster order")
    blind = pays("no stack of masked k × k convolutions, however deep, sees your pixel", 1.2)
    shape = gate("two_stacks returns a picture of the shape of x")
    leak = pays("no pixel of the result depends on itself or on a later one", 0.4)
    reach = pays("with enough layers every earlier pixel is seen, your blind one among them", 1.2)
    sums = pays("each layer is the vertical and the horizontal masked sum, joined from vertical to horizontal", 1.2)

    hints = (
        "From one layer to the next, the way goes up by one row and to the right by how much at most? To which columns "
        "does it lead n rows above, for k = 3?",
        "In the row just above, which is the first column that is out of reach for one layer? Can a second layer help, "
        "without going up further?",
        "The vertical stack must never see the own row of x: its first layer takes rows strictly above, so that later "
        "ones may take the middle row of v, which knows only rows above.",
    )

    domain = {
        PIXEL: Domain({"k": SIDE}),
        STACKS: Domain(
            {
                "x": Tensor("B, 1, H, W"),
                "vertical": Made(_weights, (_single,), ("(L, k, k)", "k odd")),
                "horizontal": Made(_weights, says=("(L, k, k)", "k odd")),
            },
            sizes={"B": (1, 2), "H": (1, 4), "W": (1, 4)},
            returns=Like("x"),
            most=10,
            draws=2,
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield from (self.case_of(PIXEL, {"k": k}) for k in (3, 5, 101))
        yield self._bright(rng, 3, 4)
        for dtype, device in arithmetic():
            for layers, k, shape in ((1, 3, (1, 1, 2, 2)), (3, 3, (2, 1, 3, 3)), (2, 5, (1, 1, 3, 4))):
                pair = [floats(rng.normal(size=(layers, k, k)) / 2, dtype, device) for _ in range(2)]
                x = floats(rng.normal(size=shape), dtype, device)
                yield self.case_of(STACKS, {"x": x, "vertical": pair[0], "horizontal": pair[1]})

    def _bright(self, rng: np.random.Generator, H: int, W: int) -> Case:
        """A dim picture, and the same with one pixel brightened; as many layers as there are columns."""
        dim = floats(rng.uniform(-0.3, 0.3, size=(1, 1, H, W)), PYTHON)
        x = dim + 0.5 * torch.cat([torch.zeros(1, H * W, dtype=PYTHON), torch.eye(H * W, dtype=PYTHON)]).reshape(-1, 1, H, W)  # fmt: skip
        pair = [floats(rng.uniform(0.3, 0.6, size=(W, 3, 3)), PYTHON) for _ in range(2)]
        ask = call(STACKS, x, *pair)
        return case(
            ask, about=(self.shape, self.leak, self.reach), of="bright", x=x, vertical=pair[0], horizontal=pair[1]
        )

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        about = (self.form, self.earlier, self.blind) if name == PIXEL else (self.shape, self.sums)
        return case(call(name, *given.values()), about=about, of=name, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.of == PIXEL:
            yield from self._judge_pixel(case, answer)
            return
        shape = has_shape(answer, tuple(case.x.shape), case.x)
        yield self.shape(*shape)
        if shape.ok and case.of == "bright":
            yield from self._judge_bright(case, answer)
        elif shape.ok:
            want, size = _summed(*map(exact, (case.x, case.vertical, case.horizontal)))
            yield self.sums(*close(answer, want, case.x.dtype, size))

    def _judge_pixel(self, case: Case, answer: Any) -> Iterator[Finding]:
        pair = [number(part) for part in answer] if isinstance(answer, (tuple, list)) else []
        good = len(pair) == 2 and all(part is not None and abs(part) < 1e6 and part == round(part) for part in pair)
        yield self.form(good, "(up, right), such as (2, 0)", show(answer))
        if not good:
            return
        up, right = map(int, pair)
        before = up > 0 or (up == 0 and right < 0)
        came, later = f"{up} up, {right} to the right", None if before else "a later pixel"
        yield self.earlier(before, "a pixel above, or to the left in the same row", came, mistake=later)
        if not before:
            yield self.reach(False, "a pixel that two stacks see and one does not", came)
            return
        layers = _layers_to(case.k // 2, up, right)
        seen = "seen by the first layer" if layers == 1 else "seen by a deeper stack"
        got = f"{came}, which {layers} layers see" if layers != 1 else f"{came}, which one layer sees"
        yield self.blind(
            layers is None, f"a pixel out of reach for k = {case.k}", got, mistake=seen if layers else None
        )
        if layers is not None:
            yield self.reach(False, "a pixel that two stacks see and one does not", got)

    def _judge_bright(self, case: Case, answer: Any) -> Iterator[Finding]:
        _, _, H, W = case.x.shape
        got = values(answer).reshape(-1, H * W)
        seen = abs(got[1:] - got[0]).T > 1e-12  # [the result's pixel, the brightened one]
        if not seen.any():  # a constant leaks nothing, and is no merit
            yield self.leak(False, "a picture that depends on earlier pixels", "one that depends on nothing")
            return
        want, size = _summed(*map(exact, (case.x, case.vertical, case.horizontal)))
        right = close(answer, want, case.x.dtype, size).ok
        for law, wanted in ((self.leak, False), (self.reach, True)):
            bad = [(i, j) for i, j in np.ndindex(seen.shape) if (j < i) == wanted and seen[i, j] != wanted]
            i, j = bad[0] if bad else (0, 0)
            pair = f"{divmod(i, W)} {'sees' if wanted else 'does not see'} {divmod(j, W)}"
            if bad or right:  # what is merely different leaks nothing, and is no merit either
                yield law(not bad, pair, "it does not" if wanted else "it does")

    mistakes = (
        wrong(
            "seen by a deeper stack",
            {PIXEL: lambda k: (2, k // 2 + 1)},
            "One layer does not see it, but two do: each goes up by one row and to the right by k // 2.",
            also=({PIXEL: lambda k: (k // 2 + 1, 0)},),
        ),
        wrong(
            "seen by the first layer",
            {PIXEL: lambda k: (1, k // 2)},
            "This pixel lies in the corner of the kernel itself: one layer sees it.",
            also=({PIXEL: lambda k: (1, 1)},),
        ),
        wrong(
            "a later pixel",
            {PIXEL: lambda k: (0, 1)},
            "A pixel to the right in the same row, or below, comes later: it is not to be seen. A blind spot is an earlier one.",
            also=({PIXEL: lambda k: (-1, k)},),
        ),
        wrong(
            "one stack",
            {STACKS: _one_stack},
            "Both masks in one kernel are the masked convolution of section 3, with its blind spot. Keep two pictures, v and h.",
        ),
        wrong(
            "the vertical stack sees the own row",
            _slip(above=1),
            "The first vertical layer takes the own row of x, to the right as well: that leaks. It takes rows strictly above.",
        ),
        wrong(
            "the horizontal stack sees the pixel itself",
            _slip(own=1),
            "The first horizontal layer lets the middle through. It is of type A: strictly to the left.",
        ),
        wrong(
            "later vertical layers skip the middle row",
            _slip(later=0),
            "v knows only rows above already; if every layer goes up again, what stands in the row just above is lost after the first.",
        ),
        wrong(
            "joined in the first layer only",
            _slip(join=False),
            "Vertical results must flow into the horizontal stack in *every* layer; after the first they have only seen k // 2 rows.",
        ),
        wrong(
            "no tanh",
            _slip(squash=lambda part: part),
            "Between two layers stands a tanh, of v and of h.",
        ),
        wrong(
            "a tanh too many",
            {STACKS: lambda x, vertical, horizontal: _stacks(x, vertical, horizontal).tanh()},
            "The tanh stands *between* layers: what comes out is h_L as it is.",
        ),
        wrong(
            "v reads h",
            {STACKS: _exchanged},
            "What h knows of its own row must never reach v: v looks to the right as well, and hands it to pixels that come before.",
        ),
        wrong(
            "joined at the end only",
            _slip(late=True),
            "Vertical results must flow into the horizontal stack in *every* layer, not in the last one alone.",
        ),
    )  # fmt: skip


def _layers_to(half: int, up: int, right: int) -> int | None:
    """How many layers it takes to see a pixel so far up and to the right, the first of type A; None if none do."""
    if up == 0:
        return -(right // half)
    n = max(-(-up // half), -(-max(right, -right) // half))
    return n if right <= up * half else None


def _summed(x: np.ndarray, vertical: np.ndarray, horizontal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tap by tap; and the size that rounding is measured against."""
    v = h = x[:, 0]
    size = abs(v)
    for n, (a, b) in enumerate(zip(vertical, horizontal, strict=True)):
        if n:
            v, h, size = np.tanh(v), np.tanh(h), np.minimum(size, 1 + 0 * size)
        v_new, h_new, s_new = (np.zeros_like(v) for _ in range(3))
        half, (_, H, W) = len(a) // 2, v.shape
        for r, c, r2, c2 in np.ndindex(H, W, H, W):
            down, right = r2 - r, c2 - c
            if max(abs(down), abs(right)) > half:
                continue
            if down < 0 or (down == 0 and n):
                v_new[:, r, c] += a[half + down, half + right] * v[:, r2, c2]
            if down == 0 and (right < 0 or (right == 0 and n)):
                h_new[:, r, c] += b[half, half + right] * h[:, r2, c2]
            s_new[:, r, c] += (abs(a) + abs(b)).max() * size[:, r2, c2]
        v, h, size = v_new, h_new + v_new, s_new
    return h[:, None], size[:, None]
