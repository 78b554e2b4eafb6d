"""vae.sample: a picture is a draw of each pixel's level, and not the mean that the decoder gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c05_autoregressive.shared import has_levels
from autograder.checks.c08_vae.shared import Pixels, drawn, net, net_of, pixels_of
from autograder.judging.compare import arithmetic, close, exact, has_shape
from autograder.judging.domain import Domain, Int64, Like, Made, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

SAMPLE, MEAN = "sample_pictures", "mean_pictures"
EDGE = 1e-5  # so near to the border between two levels u may be taken for either's
TABLE = Made(
    lambda place: net_of("level_table", place),
    (lambda place: net_of("level_table", place), lambda place: net_of("level_table", place, steep=30.0)),
    says=("takes z (N, d)", "gives the log probabilities of the levels, (N, P, 17)"),
)


def _inverse(log_probs: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    return (u[..., None].double() >= log_probs.double().exp().cumsum(-1)[..., :-1]).sum(-1)


def _mean(z: torch.Tensor, log_probs: Callable) -> torch.Tensor:
    table = log_probs(z)
    return table.exp() @ torch.arange(17, device=z.device).to(table)


def _pick(pick: Callable) -> dict[str, Callable]:
    """Another way from log probabilities (N, P, 17) and u (N, P) to levels."""
    return {SAMPLE: lambda z, u, log_probs: pick(log_probs(z), u)}


def _levels() -> torch.Tensor:
    return torch.arange(17.0)


def paper(rng: np.random.Generator, P: int, d: int) -> Pixels:
    """A decoder that is nearly sure of level 0."""
    pixels = drawn(rng, P, d)
    return Pixels(pixels.W, pixels.b - 16.0 * (np.arange(17) > 0))


def sure(rng: np.random.Generator, P: int, d: int) -> Pixels:
    """A decoder that gives one level of each pixel, not the lowest, the whole unit interval, without rounding."""
    pixels, level = drawn(rng, P, d), rng.integers(1, 17, size=(P, 1))
    return Pixels(0 * pixels.W, -1e4 * (np.arange(17) != level))


@exercise("vae.sample", (SAMPLE, MEAN))
class Sample(Exercise):
    """level_i = F_i⁻¹(u_i) with F_i the distribution function of pixel i's levels given z; mean_i = Σ_k k p(k | z)."""

    apart = True
    form = gate("sample_pictures gives one level, a whole number 0 … 16, for each u")
    drawn = pays("each pixel has the level whose share of the unit interval its u falls into", 2)
    shape = gate("mean_pictures gives one number for each pixel")
    mean = pays("the mean is that of the levels 0 … 16 under the pixel's own probabilities")

    hints = (
        "The table gives log probabilities. Which function turns them into the 17 shares of [0, 1)?",
        "Notebook 05 drew a value by laying the shares side by side: count the borders that are ≤ u, without the last.",
        "The mean is Σ_k k p(k | z). It need not be a level, and for a draw it is the wrong thing to show.",
    )

    domain = {
        SAMPLE: Domain(
            {"z": Tensor("N, d", Reals(reach=(1e-3, 10))), "u": Tensor("N, P", Reals(0, 1, "[)")), "log_probs": TABLE},
            sizes={"N": (1, 4), "d": (1, 4), "P": (1, 5)},
            returns=Int64(),
            most=14,
        ),
        MEAN: Domain(
            {"z": Tensor("N, d", Reals(reach=(1e-3, 10))), "log_probs": TABLE},
            sizes={"N": (1, 4), "d": (1, 4), "P": (1, 5)},
            returns=Like("z"),
            most=14,
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            for N, P, d in ((1, 1, 1), (2, 2, 1), (30, 4, 3)):
                z, table = normal(rng, (N, d), dtype, device), net("level_table", drawn(rng, P, d), dtype, device)
                yield self._sample(z, floats(rng.random((N, P)), dtype, device), table)
                yield self._mean(z, table)
            yield self._sample(
                z[:4], floats([[0, 0.5, 0, 1]] * 4, dtype, device), net("level_table", sure(rng, P, d), dtype, device)
            )
            yield self._sample(z, torch.ones(N, P, dtype=dtype, device=device), table)  # beyond what some sums reach
            yield self._mean(z, net("level_table", paper(rng, P, d), dtype, device))

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._sample(*given.values()) if name == SAMPLE else self._mean(*given.values())

    def _sample(self, z: torch.Tensor, u: torch.Tensor, table: Any) -> Case:
        u = torch.where(u < 1, u, torch.nextafter(torch.ones_like(u), torch.zeros_like(u)))  # float32 rounds to 1
        return case(call(SAMPLE, z, u, table), about=(self.form, self.drawn), z=z, u=u, table=table)

    def _mean(self, z: torch.Tensor, table: Any) -> Case:
        return case(call(MEAN, z, table), about=(self.shape, self.mean), z=z, u=None, table=table)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        pixels, z = pixels_of(case.table), exact(case.z)
        p = np.exp(pixels.table(z))
        if case.u is None:
            shape = has_shape(answer, p.shape[:2], like=case.z)
            yield self.shape(*shape)
            if shape.ok:
                mean = p @ np.arange(17)
                size = mean * (1 + pixels.rough(abs(z)))[:, None] + 17  # a share is as rough as log p, a sum of 17 as 1
                yield self.mean(*close(answer, mean, case.z.dtype, size))
            return
        shape, u = tuple(case.u.shape), exact(case.u)
        levels = has_levels(answer, shape, 17)
        yield self.form(*levels)
        if not levels.ok:
            return
        edges = np.concatenate([np.zeros((*shape, 1)), p.cumsum(2)], axis=2)
        low, high = (np.take_along_axis(edges, answer.array[..., None] + k, 2)[..., 0] for k in (0, 1))
        room = EDGE * (1 + pixels.rough(abs(z)))[:, None]
        none = ((p > 0).sum(-1) == 1) & (np.take_along_axis(p, answer.array[..., None], 2)[..., 0] == 0)
        bad = np.argwhere((u < low - room) | (u > high + room) | none)
        if not len(bad):
            yield self.drawn(True)
            return
        n, i = bad[0]
        right = int((u[n, i] >= edges[n, i, 1:]).sum())
        said = f"u = {u[n, i]:.4g} at pixel {i + 1} of picture {n + 1}: {right}"
        yield self.drawn(False, said, f"{answer.array[n, i]}, which has [{low[n, i]:.4g}, {high[n, i]:.4g})")

    mistakes = (
        wrong(
            "the decoder's mean",
            _pick(lambda table, u: (table.exp() @ _levels().to(table)).round().long()),
            "This is the decoder's mean, rounded. It is smooth and sure, and no draw of p(x | z): the noise of the pixels belongs to the model.",
            also=(_pick(lambda table, u: (table.exp() @ _levels().to(table)).floor().long()),),
        ),
        wrong(
            "argmax",
            _pick(lambda table, u: table.argmax(-1)),
            "The most probable level of each pixel, whatever u is: that is no draw.",
        ),
        wrong(
            "one u for the whole picture",
            _pick(lambda table, u: _inverse(table, u[:, :1].expand_as(u))),
            "All pixels take the first one's u. Given z they are independent, so each has its own.",
        ),
        wrong(
            "from the other end",
            _pick(lambda table, u: _inverse(table, 1 - u)),
            "As a draw this would do, but the shares are laid out from level 0 up, so that results can be repeated.",
            also=(_pick(lambda table, u: 16 - _inverse(table.flip(-1), u)),),
        ),
        wrong(
            "one level too far",
            _pick(lambda table, u: (_inverse(table, u) + 1).clamp_max(16)),
            "Level 0 owns the share that begins at 0: count the borders that end a share, not the 0 as well.",
            also=(_pick(lambda table, u: (_inverse(table, u) - 1).clamp_min(0)),),
        ),
        wrong(
            "a level 17",
            _pick(lambda table, u: (u[..., None] >= table.exp().cumsum(-1)).sum(-1)),
            "The 17 shares add up to 1 but for rounding, so a u just below 1 may lie above all borders: the last one is not counted.",
        ),
        wrong(
            "logarithms taken for probabilities",
            _pick(lambda table, u: (u[..., None] >= table.cumsum(-1)[..., :-1]).sum(-1)),
            "The table holds log probabilities: exp first, then cumsum.",
            also=({MEAN: lambda z, log_probs: log_probs(z) @ _levels().to(z)},),
        ),
        wrong(
            "one way for all pictures",
            _pick(lambda table, u: _inverse(table[:1].expand_as(table), u)),
            "All pictures were drawn from the first one's probabilities.",
            also=({MEAN: lambda z, log_probs: _mean(z[:1], log_probs).expand(len(z), -1).clone()},),
        ),
        wrong(
            "levels counted from 1",
            {MEAN: lambda z, log_probs: _mean(z, log_probs) + 1},
            "The levels are 0 … 16: paper is 0.",
        ),
        wrong(
            "scaled to −1 … 1",
            {MEAN: lambda z, log_probs: _mean(z, log_probs) / 8 - 1},
            "These are the values −1 … 1. The mean is asked for in levels, 0 … 16.",
        ),
        wrong(
            "a share of the largest level",
            {MEAN: lambda z, log_probs: _mean(z, log_probs) / 16},
            "These are shares of ink, 0 … 1. The mean is asked for in levels, 0 … 16.",
        ),
        wrong(
            "averaged over the levels",
            {MEAN: lambda z, log_probs: (log_probs(z).exp() * _levels().to(z)).mean(-1)},
            "Each level was weighed with its probability, and then the sum divided by 17 once more.",
        ),
    )  # fmt: skip
