"""gan.train_ring: the student's generator, fed with the judge's noise, against the ring of eight normals."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from autograder.judging.domain import Domain, Tensor
from autograder.judging.draw import normal
from autograder.judging.exercise import Case, Finding, call, case, exercise, pays, wrong
from autograder.judging.sampler import BATCH, Sampler
from autograder.oracles.ring import CENTRES, MODES, SIGMA, Cover, cover
from pushforward.train import budget

DRAWN = 4000  # the share's standard error is 0.006, a mode's is 0.005
ENOUGH, HALF_WAY = 0.80, 0.50  # shares that pay
WIDTH = 0.6, 1.4
SPOT = 0.2  # a reach below this is one place, on a mode or beside all of them


@exercise("gan.train_ring", ("generate_ring",))
class TrainRing(Sampler):
    """Points from the judge's own noise: all eight modes, most points near one, each mode about as wide as the truth."""

    drawn = DRAWN
    some = pays("at least four of the eight modes are covered", 0.5)
    all = pays("all eight modes are covered", 1.0)
    half = pays("at least half of the points lie within three standard deviations of a centre", 0.5)
    most = pays("at least 80 % of the points lie within three standard deviations of a centre", 1.0)
    width = pays("the modes are as wide as the truth to within 40 %", 1.0)

    hints = (
        "Does your generator see noise of its own for every point, and does it return what the network made of it?",
        "Lost modes: is R1 in the discriminator's loss, and r1 above 0? Few points near the centres: were there enough "
        "steps? Modes too narrow: train less, or let r1 fall towards the end.",
        "The settings of the given cell reach all of it. Look at the picture of the stages before you change one.",
    )

    domain = {"generate_ring": Domain({"z": Tensor("N, 2")}, sizes={"N": (1, 5)}, most=4, draws=1)}

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        z = normal(rng, (DRAWN, 2), torch.float32)
        yield case(call("generate_ring", z), call("generate_ring", z[-BATCH:]), shape=z.shape)

    def case_of(self, name: str, given: dict[str, torch.Tensor]) -> Case:
        z = given["z"].float().cpu()  # where the generator was trained
        return case(call(name, z), shape=z.shape)

    def quality(self, case: Case, x: np.ndarray) -> Iterator[Finding]:
        varied = self.differing(x, 0.99)
        yield varied
        if varied.ok:
            yield from self._law(cover(x))

    def _law(self, found: Cover) -> Iterator[Finding]:
        modes, share = budget((found.modes, found.share), (found.modes, found.share), (MODES, 1.0))
        name = _called(modes, share, found.reach)
        yield self.some(modes >= MODES // 2, "4 modes or more", f"{modes}", mistake=name)
        yield self.all(modes == MODES, "8 modes", f"{modes}", mistake=name)
        spread = modes >= MODES // 2  # one narrow spot has nothing to show for its share and its width
        said = f"{100 * share:.1f} %" if spread else f"{100 * share:.1f} %, on {modes} of 8 modes"
        yield self.half(spread and share >= HALF_WAY, "50 % or more, on 4 modes at least", said, mistake=name)
        yield self.most(spread and share >= ENOUGH, "80 % or more, on 4 modes at least", said, mistake=name)
        low, high = budget(WIDTH, WIDTH, (0, np.inf))
        wanted = f"{low * SIGMA:.3f} to {high * SIGMA:.3f} (the truth: {SIGMA}), on 4 modes at least"
        got = f"{found.width * SIGMA:.3f}" if spread else f"{found.width * SIGMA:.3f}, on {modes} of 8 modes"
        yield self.width(spread and low <= found.width <= high, wanted, got)

    mistakes = (
        wrong(
            "collapse",
            lambda z: torch.tensor(CENTRES[0]).to(z) + SIGMA * z,
            "The generator makes points of some modes only: it has collapsed. The ones that it lost cost it nothing as "
            "long as the discriminator believes in the others.",
            also=(lambda z: torch.tensor(CENTRES).to(z)[(z[:, 0] > 0).long() * 3] + SIGMA * z.flip(1),),
        ),
        wrong(
            "nothing learnt yet",
            lambda z: 0.6 * z,
            "Hardly any point lies near a mode: the generator has not been trained, or has lost its way.",
            also=(lambda z: z, lambda z: z / z.norm(dim=1, keepdim=True) * (1 + SIGMA * z[:, :1]) * 1.3),
        ),
        wrong(
            "between the modes",
            lambda z: _band(z),
            "All modes are there, but more than half of the points lie between them: a band that has not broken up into "
            "spots yet. There were too few steps, or r1 holds the discriminator too flat.",
        ),
        wrong(
            "a constant",
            lambda z: torch.zeros_like(z),
            "Whatever the noise, the same point comes back.",
        ),
        wrong(
            "a store of points",
            lambda z: (
                torch.tensor(CENTRES).to(z)[((torch.atan2(z[:, 1], z[:, 0]) / torch.pi + 1) * 4).long() % 8]
                + SIGMA * (z * 2).round() / 2
            ),
            "Only so many different points ever come back: they are remembered, not generated.",
        ),
    )


def _band(z: torch.Tensor) -> torch.Tensor:
    """Four points of ten close to a centre, the others on the circle, halfway to the next centre and beyond."""
    angle = torch.atan2(z[:, 1], z[:, 0]) / (torch.pi / 4)
    off = angle - angle.round()  # −½ … ½ of the way from centre to centre
    angle = angle.round() + torch.where(off.abs() < 0.2, off / 10, off.sign() * (0.4 + off.abs() / 5))
    return torch.stack([torch.cos(angle * torch.pi / 4), torch.sin(angle * torch.pi / 4)], dim=1)


def _called(modes: int, share: float, reach: float) -> str | None:
    """What is wrong at a glance: one spot, or points near some of the modes only, near none, or between them."""
    if reach < SPOT or (modes < MODES and share >= 0.3):
        return "collapse"
    if share < HALF_WAY:
        return "nothing learnt yet" if share < 0.3 else "between the modes"
    return None
