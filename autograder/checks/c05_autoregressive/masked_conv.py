"""ar.masked_conv: a convolution that hears only of earlier pixels, or of its own too (long: a mask and its convolution)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, show, values
from autograder.judging.domain import Domain, Like, Made, Place, Tensor
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

MASK, CONV = "conv_mask", "masked_conv"


def _mask(k: int, kind: str) -> torch.Tensor:
    mask = torch.ones(k, k)
    mask[k // 2, k // 2 + (kind == "B") :] = 0
    mask[k // 2 + 1 :] = 0
    return mask


def _conv(x, weight, bias, kind, mask: Callable = _mask, pad: int | None = None) -> torch.Tensor:
    k = weight.shape[-1]
    return torch.nn.functional.conv2d(
        x, weight * mask(k, kind).to(weight), bias, padding=k // 2 if pad is None else pad
    )


def _slip(mask: Callable) -> dict[str, Callable]:
    return {MASK: mask, CONV: partial(_conv, mask=mask)}


def _corner(k: int, kind: str) -> torch.Tensor:
    """Above and to the left only: what stands above to the right is missing."""
    mask = _mask(k, kind)
    mask[:, k // 2 + 1 :] = 0
    return mask


def _rows(k: int, kind: str) -> torch.Tensor:
    mask = _mask(k, kind)
    mask[k // 2, : k // 2] = 0
    return mask


def _own_row(k: int, kind: str) -> torch.Tensor:
    mask = _mask(k, kind)
    mask[: k // 2] = 0
    return mask


# --- what is asked -----------------------------------------------------------------------------------------------


def _weight(place: Place, k: int | None = None) -> torch.Tensor:
    k = int(place.rng.choice([1, 3, 5])) if k is None else k
    return place.tensor(place.rng.normal(size=(place.sizes["O"], place.sizes["C"], k, k)))


def _kind(place: Place) -> str:
    return str(place.rng.choice(["A", "B"]))


KIND = Made(_kind, (lambda place: "A", lambda place: "B"), ('"A" or "B"',))
SIDE = Made(lambda place: int(place.rng.choice([1, 3, 5, 7])), (lambda place: 1, lambda place: 9), ("int ≥ 1", "odd"))


@exercise("ar.masked_conv", (MASK, CONV))
class MaskedConv(Exercise):
    """Judged by its answers to single bright pixels, and by sums written out tap by tap."""

    apart = True
    square = gate("the mask has shape (k, k) and holds zeros and ones")
    mask = pays("the mask has ones above, ones to the left, and a one in the middle for type B only")
    shape = gate("the picture keeps its height and width")
    leak = pays("no pixel of the result depends on a later one, nor in type A on its own")
    alive = pays("in one layer every tap that the mask allows is alive")
    sums = pays("the result is the masked sum over channels and taps with zeros outside, plus the bias")

    hints = (
        "Which of the nine taps of a 3 × 3 kernel lie on pixels that come before the middle one, row by row?",
        "Rows above the middle: all of them. The middle row: up to the middle, without it (A) or with it (B).",
        "Any convolution will do once the dead taps are 0 and k // 2 zeros stand around. Make a new weight: the one that you were given is still needed.",
    )

    domain = {
        MASK: Domain({"k": SIDE, "kind": KIND}),
        CONV: Domain(
            {
                "x": Tensor("B, C, H, W"),
                "weight": Made(_weight, (partial(_weight, k=1), partial(_weight, k=3), partial(_weight, k=5)), ("(O, C, k, k)", "k odd")),
                "bias": Tensor("O"),
                "kind": KIND,
            },
            sizes={"B": (1, 2), "C": (1, 2), "O": (1, 3), "H": (1, 4), "W": (1, 4)},
            returns=Like("x"),
            most=16,
            draws=2,
        ),
    }  # fmt: skip

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for kind in ("A", "B"):
            yield self.case_of(MASK, {"k": 3, "kind": kind})
            for k in (3, 5):
                yield self._bright(rng, k, kind)
        one = floats(np.ones((1, 1, 1, 1)), PYTHON)
        yield self.case_of(CONV, {"x": one, "weight": 2 * one, "bias": floats([0.5], PYTHON), "kind": "B"})
        for dtype, device in arithmetic():
            for kind in ("A", "B"):
                x, weight, bias = (normal(rng, shape, dtype, device) for shape in ((1, 2, 3, 2), (2, 2, 3, 3), (2,)))
                yield self.case_of(CONV, {"x": x, "weight": weight, "bias": bias, "kind": kind})

    def _bright(self, rng: np.random.Generator, k: int, kind: str) -> Case:
        """Pictures with one bright pixel each, under positive weights."""
        H, W = 3, 4
        x = torch.eye(H * W, dtype=PYTHON).reshape(H * W, 1, H, W)
        weight = floats(rng.uniform(0.5, 1, size=(1, 1, k, k)), PYTHON)
        ask = call(CONV, x, weight, floats([0.0], PYTHON), kind)
        return case(ask, about=(self.shape, self.leak, self.alive), of="bright", x=x, k=k, kind=kind)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        about = (self.square, self.mask) if name == MASK else (self.shape, self.sums)
        return case(call(name, *given.values()), about=about, of=name, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.of == MASK:
            yield from self._judge_mask(case, answer)
            return
        B, _, H, W = case.x.shape
        shape = has_shape(answer, (B, 1 if case.of == "bright" else len(case.bias), H, W), case.x)
        yield self.shape(*shape)
        if shape.ok:
            yield from (self._judge_bright if case.of == "bright" else self._judge_sums)(case, answer)

    def _judge_mask(self, case: Case, answer: Any) -> Iterator[Finding]:
        got = values(answer)
        good = got is not None and got.shape == (case.k, case.k) and bool(np.isin(got, (0, 1)).all())
        yield self.square(good, f"zeros and ones, ({case.k}, {case.k})", kind_of(answer))
        if good:
            wanted = np.array([[earlier(i - case.k // 2, j - case.k // 2, case.kind) for j in range(case.k)] for i in range(case.k)])  # fmt: skip
            yield self.mask(bool((got == wanted).all()), _drawn(wanted), _drawn(got))

    def _judge_bright(self, case: Case, answer: Any) -> Iterator[Finding]:
        _, _, H, W = case.x.shape
        seen = abs(values(answer).reshape(H * W, H * W).T) > 1e-9  # [the result's pixel, the bright one]
        if seen.all() or not seen.any():  # a constant, whose living taps, or missing leaks, are no merit
            yield self.leak(False, "a picture that depends on earlier pixels", "the same whatever is bright")
            yield self.alive(False)
            return
        for law, wanted in ((self.leak, False), (self.alive, True)):
            yield law(*_first(seen, partial(_allowed, case.k, case.kind), W, wanted))

    def _judge_sums(self, case: Case, answer: Any) -> Iterator[Finding]:
        x, weight, bias = exact(case.x), exact(case.weight), exact(case.bias)
        half, (_, _, H, W) = weight.shape[-1] // 2, x.shape
        want = np.zeros((len(x), len(bias), H, W)) + bias[:, None, None]
        size = abs(want)
        for r, c, r2, c2 in np.ndindex(H, W, H, W):
            up, right = r2 - r, c2 - c
            if max(abs(up), abs(right)) <= half and earlier(up, right, case.kind):
                tap = weight[:, :, half + up, half + right]
                want[:, :, r, c] += x[:, :, r2, c2] @ tap.T
                size[:, :, r, c] += abs(x[:, :, r2, c2]) @ abs(tap.T)
        yield self.sums(*close(answer, want, case.x.dtype, size))

    mistakes = (
        wrong(
            "type A and B exchanged",
            _slip(lambda k, kind: _mask(k, "B" if kind == "A" else "A")),
            "Type A is for the first layer, which must not hear of the pixel itself; B for the later ones, which may.",
        ),
        wrong(
            "the middle in both types",
            _slip(lambda k, kind: _mask(k, "B")),
            "Type A lets the middle through: the first layer shows every pixel to itself.",
        ),
        wrong(
            "the middle in no type",
            _slip(lambda k, kind: _mask(k, "A")),
            "Type B must let the middle through. Without it each layer forgets what the one before knew of this place.",
        ),
        wrong(
            "nothing above to the right",
            _slip(_corner),
            "Pixels above come earlier in raster order whether they stand to the left or to the right.",
        ),
        wrong(
            "rows above only",
            _slip(_rows),
            "In the middle row the pixels to the left come earlier, too.",
            also=(_slip(_own_row),),
        ),
        wrong(
            "column by column",
            _slip(lambda k, kind: _mask(k, kind).T.contiguous()),
            "This order goes down the columns. Raster order goes row by row, from left to right.",
        ),
        wrong(
            "later pixels",
            _slip(lambda k, kind: _mask(k, kind).flip(0, 1)),
            "The kernel is turned round: it lets the pixels through that come *later*.",
            also=(_slip(lambda k, kind: 1 - _mask(k, kind)),),
        ),
        wrong(
            "no bias",
            {CONV: lambda x, weight, bias, kind: _conv(x, weight, 0 * bias, kind)},
            "The bias is missing. It depends on no pixel, so no mask forbids it.",
        ),
        wrong(
            "no mask on the weight",
            {CONV: partial(_conv, mask=lambda k, kind: torch.ones(k, k))},
            "The weight was used as it came: multiply it with conv_mask before the convolution.",
        ),
        wrong(
            "the kernel turned round",
            {
                CONV: lambda x, weight, bias, kind: _conv(
                    x, weight.flip(2, 3), bias, kind, lambda k, kind: _mask(k, kind).flip(0, 1)
                )
            },
            "The kernel was turned before use, as in mathematics. Here, as in torch, the weight lies on the pixels as it is, and so does the mask.",
        ),
        wrong(
            "a border of one pixel",
            {CONV: lambda x, weight, bias, kind: _conv(x, weight, bias, kind, pad=1)},
            "One row of zeros all round is right for k = 3 only: pad by k // 2.",
        ),
    )


def earlier(down: int, right: int, kind: str) -> bool:
    """Whether a pixel so far down and to the right of the present one may be heard of."""
    return down < 0 or (down == 0 and (right < 0 or (right == 0 and kind == "B")))


def _allowed(k: int, kind: str, down: int, right: int) -> bool:
    return max(abs(down), abs(right)) <= k // 2 and earlier(down, right, kind)


def _first(seen: np.ndarray, allowed: Callable[[int, int], bool], W: int, wanted: bool) -> tuple[bool, str, str]:
    """The first pair of pixels where `seen` is not as it should be, among those for which `allowed` is `wanted`."""
    for i, j in np.ndindex(seen.shape):
        (r, c), (r2, c2) = divmod(i, W), divmod(j, W)
        if allowed(r2 - r, c2 - c) == wanted and seen[i, j] != wanted:
            said = f"({r}, {c}) {'sees' if wanted else 'does not see'} ({r2}, {c2})"
            return False, said, "it does not" if wanted else "it does"
    return True, "", ""


def _drawn(mask: np.ndarray) -> str:
    """Rows of a small mask, one after the other."""
    rows = ["".join(str(int(n)) for n in row) for row in mask]
    return " ".join(rows) if len(mask) < 8 else show(mask)
