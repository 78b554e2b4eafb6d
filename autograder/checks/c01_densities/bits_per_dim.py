"""density.bits_per_dim: (nats / D − log of a bin's width) / log 2."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, exact, has_shape
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor, Wholes
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong


@exercise("density.bits_per_dim", ("bits_per_dim",))
class BitsPerDim(Exercise):
    """bits = (nats / D − log width) / log 2, where a level has the width (high − low) / levels."""

    shape = gate("there is one number for each picture")
    unit = pays("in bins of width 1 the bits are the nats over D log 2", 1)
    width = pays("in other bins the logarithm of the width is taken off once for each dimension", 1)
    uniform = pays("a uniform density over all levels costs log2 of their number", 0.5)

    domain = {
        "bits_per_dim": Domain(
            {
                "nats": Tensor("B", Reals(reach=(1e-2, 3e4), usual=(-500, 500)), ("−log density of each picture",)),
                "dims": Number(Wholes(1, None, 3072)),
                "levels": Number(Wholes(2, None, 256), ("the number of bins",)),
                "low": Number(Reals(reach=(1e-2, 100))),
                "high": Number(Reals(reach=(1e-2, 100))),
            },
            sizes={"B": (1, 5)},
            when=lambda nats, dims, levels, low, high: high - low > 0.01 * max(abs(low), abs(high)),
            returns=Like("nats"),
            says=("high > low",),
        )
    }

    hints = (
        "The probability of a level is the density, times the width of the bin that the level fills.",
        "The picture's probability is a product over its D pixels: the width enters D times.",
        "256 levels on [0, 1] have the width 1/256, and not 1/255: each level fills a bin of its own.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        ten = torch.tensor([131.5, 44.361], dtype=torch.float64)
        yield self._asked(ten, 64, 17, -0.5, 16.5)
        yield self._asked(ten, 64, 17, 0.0, 1.0)
        for dtype, device in arithmetic():
            for dims, levels in ((64, 17), (3072, 256), (5, 2), (10, 4)):
                nats = floats(rng.normal(size=4) * 3 * dims, dtype, device)
                yield self._asked(nats, dims, levels, -0.5, levels - 0.5)
                left = float(rng.uniform(-2, 1))
                for low, high in ((0.0, 1.0), (-1.0, 1.0), (left, left + float(rng.uniform(0.1, 30)))):
                    yield self._asked(nats, dims, levels, low, high)
                    flat = floats(np.full(2, dims * math.log(high - low)), dtype, device)
                    yield self._asked(flat, dims, levels, low, high, uniform=True)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._asked(**given)

    def _asked(
        self, nats: torch.Tensor, dims: int, levels: int, low: float, high: float, uniform: bool = False
    ) -> Case:
        width = (high - low) / levels
        law = self.uniform if uniform else self.unit if width == 1 else self.width
        ask = call("bits_per_dim", nats, dims, levels, low, high)
        return case(
            ask,
            about=(self.shape, law),
            nats=nats,
            dims=dims,
            levels=levels,
            width=width,
            reach=abs(low) + abs(high),
            law=law,
        )

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.nats.shape), case.nats)
        yield self.shape(*shape)
        if shape.ok:
            nats = exact(case.nats)
            bits = np.log2(np.e) * nats / case.dims - np.log2(case.width)
            expected = np.full(len(nats), math.log2(case.levels)) if case.law is self.uniform else bits
            size = abs(nats / case.dims) + abs(math.log(case.width)) + case.reach / (case.width * case.levels) + 1
            yield case.law(*close(answer, expected, case.nats.dtype, size))

    mistakes = (
        wrong(
            "nats for bits",
            lambda nats, dims, levels, low, high: nats / dims - math.log((high - low) / levels),
            "This is in nats. A bit has log 2 = 0.693 of them.",
        ),
        wrong(
            "multiplied by log 2",
            lambda nats, dims, levels, low, high: (nats / dims - math.log((high - low) / levels)) * math.log(2),
            "A nat is 1.443 bits, so the number of bits is the larger one: divide by log 2.",
        ),
        wrong(
            "the width of a bin is forgotten",
            lambda nats, dims, levels, low, high: nats / dims / math.log(2),
            "A density is per unit of x. Without the width of a level, the number changes when the pixels are scaled.",
        ),
        wrong(
            "the width with the wrong sign",
            lambda nats, dims, levels, low, high: (nats / dims + math.log((high - low) / levels)) / math.log(2),
            "A narrow bin holds less probability, which costs more bits: minus the logarithm of the width.",
        ),
        wrong(
            "one level too few",
            lambda nats, dims, levels, low, high: (nats / dims - math.log((high - low) / (levels - 1))) / math.log(2),
            "There are as many bins as levels. The levels − 1 are the gaps between their centres.",
        ),
        wrong(
            "the width counted once for the whole picture",
            lambda nats, dims, levels, low, high: (nats - math.log((high - low) / levels)) / dims / math.log(2),
            "Every pixel has its bin: the width enters once for each dimension.",
        ),
        wrong(
            "levels without their range",
            lambda nats, dims, levels, low, high: (nats / dims + math.log(levels)) / math.log(2),
            "log(levels) is right on [0, 1] only: the width is (high − low) over the levels.",
        ),
        wrong(
            "per picture",
            lambda nats, dims, levels, low, high: (nats - dims * math.log((high - low) / levels)) / math.log(2),
            "These are bits per picture. Per dimension means divided by D.",
        ),
        wrong(
            "half of it in bits",
            lambda nats, dims, levels, low, high: nats / dims / math.log(2) - math.log((high - low) / levels),
            "Both terms are in nats: the width's logarithm is divided by log 2, too.",
            also=(lambda nats, dims, levels, low, high: nats / dims - math.log2((high - low) / levels),),
        ),
        wrong(
            "64 for the number of pixels",
            lambda nats, dims, levels, low, high: (nats / 64 - math.log((high - low) / levels)) / math.log(2),
            "The number of pixels is an argument, dims.",
        ),
        wrong(
            "the bins begin at 0",
            lambda nats, dims, levels, low, high: (nats / dims - math.log(abs(high) / levels)) / math.log(2),
            "All the bins together fill [low, high], which is high − low wide.",
        ),
        wrong(
            "bins of half the width",
            lambda nats, dims, levels, low, high: (nats / dims - math.log((high - low) / levels / 2)) / math.log(2),
            "The bins fill [low, high] without a gap: each is (high − low) / levels wide, and not half of that.",
            also=(lambda nats, dims, levels, low, high: (nats / dims - math.log((high - low) / levels * 2)) / math.log(2),),
        ),
        wrong(
            "log 2 from memory",
            lambda nats, dims, levels, low, high: (nats / dims - math.log((high - low) / levels)) / 0.693,
            "log 2 is 0.693147…: three digits of it are not enough. math.log(2) has all of them.",
        ),
        wrong(
            "the logarithm to base 10",
            lambda nats, dims, levels, low, high: (nats / dims - math.log((high - low) / levels)) / math.log10(2),
            "A nat belongs to the natural logarithm: divide by math.log(2).",
        ),
        wrong(
            "the sign of the nats",
            lambda nats, dims, levels, low, high: (-nats / dims - math.log((high - low) / levels)) / math.log(2),
            "nats is minus the log density already.",
        ),
        wrong(
            "the mean over the pictures",
            lambda nats, dims, levels, low, high: (nats.mean() / dims - math.log((high - low) / levels)) / math.log(2) + 0 * nats,
            "Each picture has a cost of its own.",
            also=(lambda nats, dims, levels, low, high: (nats.mean() / dims - math.log((high - low) / levels)) / math.log(2),),
        ),
        wrong(
            "never below 0",
            lambda nats, dims, levels, low, high: ((nats / dims - math.log((high - low) / levels)) / math.log(2)).clamp(min=0),
            "Density times width is about a probability, and may exceed 1 where the density changes within a bin. Then the bits are negative: leave them so.",
        ),
    )  # fmt: skip
