"""flow.emerging_conv (long: masks, both directions, and what goes wrong with each): x = k ⋆ (g ⋆ z), k and g masked."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch.nn.functional import conv2d

from autograder.checks.c03_flow_layers.shared import Layer, slips
from autograder.judging.compare import arithmetic, kind_of
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor, Wholes
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, Finding, call, case, exercise, pays, wrong
from pushforward.answering.wire import Plain

MASK, FORTH, BACK = "causal_mask", "emerging_forward", "emerging_inverse"
_SAYS = "(C, C, K, K), K odd, w[c, c] not 0 in the middle"
Pair = tuple[torch.Tensor, torch.Tensor]


def _kernel(rng: np.random.Generator, C: int, K: int) -> np.ndarray:
    """Small, but for what every channel does to itself in the middle."""
    w, m = 0.4 * rng.normal(size=(C, C, K, K)), K // 2
    w[range(C), range(C), m, m] = rng.uniform(0.6, 1.6, C) * rng.choice([-1, 1], C)
    return w


def _drawn(K: int = 3) -> Callable[[Place], torch.Tensor]:
    def make(place: Place) -> torch.Tensor:
        size = place.given["w1"].shape[-1] if "w1" in place.given else K
        return place.tensor(_kernel(place.rng, place.sizes["C"], size))

    return make


def _domain(points: str) -> Domain:
    arguments = {points: Tensor("B, C, H, W", Reals(reach=(1e-3, 30)))}
    arguments["w1"] = Made(_drawn(), (_drawn(1), _drawn(5)), says=(_SAYS,))
    arguments["w2"] = Made(_drawn(), says=(_SAYS,))
    sizes = {"B": (1, 2), "C": (1, 2, 3), "H": (1, 2), "W": (1, 3)}
    return Domain(arguments, sizes=sizes, returns=(Like(points), Like(points)), draws=1, most=8)


def _before(C: int, K: int) -> np.ndarray:
    """1 where output channel o may look, counted in the order of reading: (pixel, channel) up to itself."""
    mask, m = np.zeros((C, C, K, K)), K // 2
    for o, c, a, b in np.ndindex(mask.shape):
        mask[o, c, a, b] = (a * K + b, c) <= (m * K + m, o)
    return mask


def _torch_mask(C: int, K: int, like: torch.Tensor) -> torch.Tensor:
    return torch.tensor(_before(C, K), dtype=like.dtype, device=like.device)


def _shifted(z: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
    """k ⋆ z with noughts around, tap by tap: no convolution of any library."""
    m, (H, W) = k.shape[-1] // 2, z.shape[2:]
    padded = torch.nn.functional.pad(z, (m, m, m, m))
    taps = [torch.einsum("oc,bchw->bohw", k[:, :, a, b], padded[:, :, a : a + H, b : b + W])
            for a in range(2 * m + 1) for b in range(2 * m + 1)]  # fmt: skip
    return torch.stack(taps).sum(0)


def _masked(w: torch.Tensor, reverse: bool = False, mask: Callable = _torch_mask) -> torch.Tensor:
    m = mask(w.shape[0], w.shape[-1], w)
    return w * (m.flip(0, 1, 2, 3) if reverse else m)


def _star(k: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
    return conv2d(z, k, padding=k.shape[-1] // 2)


def _volume(z: torch.Tensor, *kernels: torch.Tensor) -> torch.Tensor:
    middle = [w[:, :, w.shape[-1] // 2, w.shape[-1] // 2].diagonal().abs().log().sum() for w in kernels]
    return z.shape[2] * z.shape[3] * sum(middle) + 0 * z.sum((1, 2, 3))


def _way(
    first: Callable = lambda w1, w2: _masked(w2, True),
    second: Callable = lambda w1, w2: _masked(w1),
    volume: Callable = _volume,
    star: Callable = _star,
) -> dict[str, Callable]:
    """Both directions with other kernels, another log-determinant, or another product."""

    def forth(z: torch.Tensor, w1: torch.Tensor, w2: torch.Tensor) -> Pair:
        return star(second(w1, w2), star(first(w1, w2), z)), volume(z, w1, w2)

    def back(x: torch.Tensor, w1: torch.Tensor, w2: torch.Tensor) -> Pair:
        n = x[0].numel()
        basis = torch.eye(n, dtype=x.dtype, device=x.device).reshape(n, *x.shape[1:])
        matrix = forth(basis, w1, w2)[0].reshape(n, n)
        return torch.linalg.solve(matrix.T, x.reshape(-1, n).T).T.reshape(x.shape), -volume(x, w1, w2)

    return {FORTH: forth, BACK: back}


_RIGHT = _way()


def _signed_volume(z: torch.Tensor, *kernels: torch.Tensor) -> torch.Tensor:
    middle = [w[:, :, w.shape[-1] // 2, w.shape[-1] // 2].diagonal() for w in kernels]
    return z.shape[2] * z.shape[3] * math.prod(middle).log().sum() + 0 * z.sum((1, 2, 3))


def _lines(m: int, a: int, b: int) -> bool:
    return (a, b) < (m, m)


def _columns(m: int, a: int, b: int) -> bool:
    return (b, a) < (m, m)


def _quarter(m: int, a: int, b: int) -> bool:
    return a <= m and b <= m


def _with_middle(
    C: int, K: int, middle: torch.Tensor, before: Callable[[int, int, int], bool] = _lines
) -> torch.Tensor:
    """A mask with this middle tap, all channels at the taps before it, and none at the others."""
    taps = torch.tensor([[float(before(K // 2, a, b)) for b in range(K)] for a in range(K)])
    mask = taps.expand(C, C, K, K).clone()
    mask[:, :, K // 2, K // 2] = middle
    return mask


def _open_middle(C: int, K: int, like: torch.Tensor) -> torch.Tensor:
    """All channels may look at all of them in the middle."""
    mask = _torch_mask(C, K, like).clone()
    mask[:, :, K // 2, K // 2] = 1
    return mask


@exercise("flow.emerging_conv", (FORTH, BACK, MASK))
class EmergingConv(Layer):
    """x = k ⋆ (g ⋆ z): two triangular Jacobians, one from below and one from above, whose product is full."""

    shut = (BACK,)
    causal = pays("the mask lets a channel see earlier pixels, and in the middle the channels up to itself")
    learnt = (0, 1)
    hints = (
        "Read the kernel's taps line by line. Which of them lie before the middle, and what may stand in the middle itself?",
        "The other mask is the same order read from the end: what is first becomes last, for pixels and for channels.",
        "Each of the two Jacobians is triangular, with w[c, c] of the middle tap on its diagonal, once for every pixel. "
        "For the way back, what does the layer do to each of the n unit pictures?",
    )
    domain = {
        FORTH: _domain("z"),
        BACK: _domain("x"),
        MASK: Domain({"C": Number(Wholes(1, 4)), "K": Number(Wholes(1, 5), says=("odd",))},
                     when=lambda C, K: K % 2 == 1, draws=1),
    }  # fmt: skip

    def layer(self, z: torch.Tensor, w1: torch.Tensor, w2: torch.Tensor) -> torch.Tensor:
        k = w1 * torch.from_numpy(_before(w1.shape[0], w1.shape[-1]))
        g = w2 * torch.from_numpy(_before(w2.shape[0], w2.shape[-1])[::-1, ::-1, ::-1, ::-1].copy())
        return _shifted(_shifted(z, g), k)

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self.case_of(MASK, {"C": 1, "K": 3})
        yield self.case_of(MASK, {"C": 2, "K": 1})
        yield self.case_of(MASK, {"C": 3, "K": 3})
        k, g = floats(np.full((1, 1, 3, 3), 1.0), PYTHON), floats(np.full((1, 1, 3, 3), 1.0), PYTHON)
        k[0, 0, 1, 1], g[0, 0, 1, 1] = 2.0, -3.0
        yield self.both(floats([[[[1.0, 2.0]]]], PYTHON), k, g, slopes=True)
        for dtype, device in arithmetic():
            for C, H, W in ((1, 2, 3), (2, 2, 2), (2, 3, 1)):
                w1, w2 = (floats(_kernel(rng, C, 3), dtype, device) for _ in range(2))
                z = normal(rng, (2, C, H, W), dtype, device)
                yield self.both(z, w1, w2, slopes=dtype is torch.float64 and C == 1)
        small = [floats(0.01 * _kernel(rng, 2, 3), PYTHON) for _ in range(2)]
        yield self.both(normal(rng, (1, 2, 2, 2), PYTHON), *small)
        for K in (1, 5):
            w1, w2 = (floats(_kernel(rng, 2, K), PYTHON) for _ in range(2))
            yield self.both(normal(rng, (1, 2, 3, 3), PYTHON), w1, w2)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == MASK:
            return case(call(MASK, **given), about=(self.causal,), wanted=_before(**given))
        z, *rest = given.values()
        return self._case((name,), z, rest, slopes=False)

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        if case.asks[0].of != MASK:
            yield from super().judge(case, *answers)
            return
        (mask,), want = answers, case.wanted
        if not isinstance(mask, Plain) or mask.shape != want.shape or mask.array.dtype.kind not in "bfi":
            yield self.causal(False, f"a tensor of shape {want.shape}, of 0 and 1", kind_of(mask))
            return
        ok = np.array_equal(mask.array.astype(float), want)
        at = next((i for i in np.ndindex(want.shape) if float(mask.array[i]) != want[i]), None)
        said = ("", "") if ok else (f"{want[at]:g} at {list(at)}", f"{float(mask.array[at]):g}")
        yield self.causal(ok, *said)

    mistakes = (
        *slips(FORTH, BACK, _RIGHT[FORTH], _RIGHT[BACK], alike=True),
        wrong(
            "height and width forgotten",
            _way(volume=lambda z, *w: _volume(z, *w) / (z.shape[2] * z.shape[3])),
            "The middle taps stand on the diagonal once for every pixel: their logarithms count H · W times. (A well-known "
            "table of layers forgets it.)",
        ),
        wrong(
            "only one of the kernels in the log-determinant",
            _way(volume=lambda z, w1, w2: _volume(z, w1)),
            "Two convolutions, two triangular Jacobians: both diagonals count.",
            also=(_way(volume=lambda z, w1, w2: _volume(z, w2)),),
        ),
        wrong(
            "two kernels of the same kind",
            _way(first=lambda w1, w2: _masked(w2)),
            "Both kernels look back. Two triangular maps of the same kind make one more of that kind, and the last pixel "
            "still knows nothing that the first could learn. The mask of g is reversed in all four axes.",
        ),
        wrong(
            "the kernels in the other order",
            _way(first=lambda w1, w2: _masked(w1), second=lambda w1, w2: _masked(w2, True)),
            "g acts first, and k on what comes of it: x = k ⋆ (g ⋆ z).",
        ),
        wrong(
            "pixels reversed, channels not",
            _way(first=lambda w1, w2: w2 * _torch_mask(w2.shape[0], w2.shape[-1], w2).flip(2, 3)),
            "The mask of g is reversed in all four axes. In its middle tap a channel sees itself and those after it.",
        ),
        wrong(
            "no absolute value",
            _way(volume=lambda z, *w: _signed_volume(z, *w)),
            "A middle tap may be negative, and its logarithm is then NaN. Volumes have no sign.",
        ),
        wrong(
            "a padding for three by three",
            _way(star=lambda k, z: conv2d(z, k, padding=1)),
            "The picture has to keep its size for every K: K // 2 zeros on each side.",
        ),
        wrong(
            "no mask",
            _way(first=lambda w1, w2: w2, second=lambda w1, w2: w1),
            "The kernels were used whole. Then no Jacobian is triangular, and the sum of logarithms no log-determinant.",
        ),
        wrong(
            "kernels turned round",
            _way(star=lambda k, z: _star(k.flip(2, 3), z)),
            "The kernel was flipped, as in a textbook's convolution. Here, and in torch, tap (a, b) looks at the pixel "
            "(i + a − m, j + b − m).",
        ),
        wrong(
            "the middle tap left out",
            {MASK: lambda C, K: _torch_mask(C, K, torch.ones(1)) * (1 - _middle(K))},
            "Without the middle tap a pixel forgets itself: the diagonal is 0, and nothing can be inverted.",
        ),
        wrong(
            "only channels before in the middle",
            {MASK: lambda C, K: _with_middle(C, K, torch.ones(C, C).tril(-1))},
            "In the middle tap c ≤ o is allowed, c = o included: without it the diagonal is 0, and nothing can be inverted.",
        ),
        wrong(
            "no other channel in the middle",
            {MASK: lambda C, K: _with_middle(C, K, torch.eye(C))},
            "In the middle tap a channel may see those before it as well: they were read already.",
        ),
        wrong(
            "not in the order of reading",
            {MASK: lambda C, K: _with_middle(C, K, torch.ones(C, C).tril(), _columns)},
            "What was read before are all taps of the lines above, on the right as well, and in the middle line those on the "
            "left.",
            also=({MASK: lambda C, K: _with_middle(C, K, torch.ones(C, C).tril(), _quarter)},),
        ),
        wrong(
            "all channels in the middle",
            {MASK: lambda C, K: _open_middle(C, K, torch.ones(1))},
            "In the middle tap every channel sees every other. To be triangular, a channel may see itself and those before.",
        ),
        wrong(
            "the order of the channels reversed",
            {MASK: lambda C, K: _torch_mask(C, K, torch.ones(1)).transpose(0, 1)},
            "w[o, c] leads from channel c to channel o: in the middle tap c ≤ o is allowed. A transposed mask allows c ≥ o.",
        ),
        wrong(
            "later pixels in place of earlier ones",
            {MASK: lambda C, K: _torch_mask(C, K, torch.ones(1)).flip(2, 3)},
            "This mask lets a pixel see those after it. The taps above the middle, and left of it in its row, are the earlier ones.",
        ),
    )


def _middle(K: int) -> torch.Tensor:
    middle = torch.zeros(K, K)
    middle[K // 2, K // 2] = 1
    return middle
