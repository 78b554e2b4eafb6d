"""ddpm.train_moons: where the student's sampler ends, with the judge's own noise, against fresh points of the true law.

Nothing that the training run wrote down counts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from autograder.judging.domain import Domain, Reals, Tensor
from autograder.judging.draw import normal
from autograder.judging.exercise import Case, Finding, call, case, exercise, gate, pays, wrong
from autograder.judging.sampler import BATCH, Sampler
from autograder.oracles.moons import EACH, GROUPS, SIGMA, Likeness, likeness
from pushforward.data import two_moons
from pushforward.measuring.neighbours import neighbour_ratio
from pushforward.train import budget

SAMPLE = "sample_moons"
STEPS = 100  # of the chain
DRAWN = GROUPS * EACH
NEW = 0.8  # times as far from the training points as fresh points are; the truth has 1, within 0.03
INF = float("inf")


def training_points() -> torch.Tensor:
    """The 4000 points that the notebook trains on."""
    generator = torch.Generator(device="cpu").manual_seed(0)
    return two_moons(4000, generator=generator)


def _bend(xT: torch.Tensor, noise: torch.Tensor, blur: float, share: float = 0.5) -> torch.Tensor:
    """The exact law if blur is SIGMA: the angle from x_T, the moon and the blur from three of the noises."""
    angle = torch.pi * torch.special.ndtr(xT[:, 0])
    upper = torch.stack([angle.cos(), angle.sin()], dim=1)
    lower = torch.tensor([1, 0.5]).to(xT) - upper
    return torch.where((torch.special.ndtr(xT[:, 1]) < share)[:, None], upper, lower) + blur * noise[0]


def _stored(xT: torch.Tensor, noise: torch.Tensor, blur: float) -> torch.Tensor:
    points = training_points().to(xT)
    return points[(xT[:, 0].abs() * 1e5).long() % len(points)] + blur * noise[0]


@exercise("ddpm.train_moons", (SAMPLE,))
class TrainMoons(Sampler):
    """A sampler that ends on two moons, from the judge's own noise."""

    drawn = DRAWN
    new = gate("the points are new: no nearer to the training points than fresh ones are")
    near = pays("the points come near the moons' law", 0.5)
    nearer = pays("the points are about as near to fresh points as those are to each other", 1.0)
    most = pays("most of the points lie on the moons", 0.5)
    all = pays("nearly all of the points lie on the moons", 1.0)

    hints = (
        "sample_moons is ddpm_sample with the trained model. Which beta did the training use, and which variances now?",
        "beta_tilde_t = beta_t (1 − alpha_bar_{t−1}) / (1 − alpha_bar_t), with alpha_bar_0 = 1: put a 1 before all of "
        "alpha_bar but its last.",
        "Points beside the moons all the same? A model that was trained before your loss was right is kept: run the "
        "cell of moons_run once more.",
    )

    domain = {
        SAMPLE: Domain(
            {
                "xT": Tensor("N, 2", Reals(reach=(1e-3, 4))),
                "noise": Tensor(f"{STEPS}, N, 2", says=("noise[t - 1] for the step from x_t",)),
            },
            sizes={"N": (1, 5)},
            most=4,
            draws=1,
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        xT, noise = normal(rng, (DRAWN, 2), torch.float32), normal(rng, (STEPS, DRAWN, 2), torch.float32)
        yield case(call(SAMPLE, xT, noise), call(SAMPLE, xT[-BATCH:], noise[:, -BATCH:]), shape=xT.shape, rng=rng)

    def case_of(self, name: str, given: dict[str, torch.Tensor]) -> Case:
        xT, noise = (given[k].float().cpu() for k in ("xT", "noise"))  # where the model was trained
        return case(call(SAMPLE, xT, noise), about=(self.points,), shape=xT.shape)

    def quality(self, case: Case, x: np.ndarray) -> Iterator[Finding]:
        varied = self.differing(x, 0.9)
        yield varied
        if varied.ok:
            yield from self._fresh(x, case.rng)

    def _fresh(self, x: np.ndarray, rng: np.random.Generator) -> Iterator[Finding]:
        rest = two_moons(1000, generator=torch.Generator(device="cpu").manual_seed(int(rng.integers(2**31))))
        ratio = neighbour_ratio(training_points(), torch.from_numpy(x[:1000]), rest).value
        learnt = ratio < NEW
        yield self.new(
            not learnt, f"at least {NEW:g} times the distance of fresh points", f"{ratio:.2f} times",
            mistake="learnt by heart" if learnt else None,
        )  # fmt: skip
        if not learnt:
            yield from self._law(likeness(x, rng))

    def _law(self, found: Likeness) -> Iterator[Finding]:
        """Of a training of twenty steps, in the quick budget, only the form counts."""
        name = _called(found)
        # The truth comes above 1.5 once in 3·10⁷ draws, and above 1.4 once in 250,000; what a training adds is on top.
        far, least = budget((2.5, 1.5), (3.0, 2.0), (INF, INF))
        off, few = budget((0.08, 0.03), (0.12, 0.05), (INF, INF))
        got = f"{found.far:.2f} times the floor between two fresh sets"
        yield self.near(found.far <= far, f"at most {far:g} times", got, mistake=name)
        yield self.nearer(found.far <= least, f"at most {least:g} times", got, mistake=name)
        low, high = budget((0.44, 0.56), (0.4, 0.6), (0.0, 1.0))
        upper = f"{100 * found.upper:.0f} % on the upper moon"
        yield self.nearer(low <= found.upper <= high, f"{100 * low:g} to {100 * high:g} %", upper, mistake=name)
        near = found.far <= far  # one spot on a moon has nothing to show for lying on it
        got = f"{100 * found.off:.1f} %" + ("" if near else f", {got}")
        yield self.most(near and found.off <= off, f"at most {100 * off:g} % beside them", got, mistake=name)
        yield self.all(near and found.off <= few, f"at most {100 * few:g} % beside them", got, mistake=name)

    mistakes = (
        wrong(
            "a constant",
            lambda xT, noise: torch.zeros_like(xT),
            "Whatever the noise, the same point comes back.",
        ),
        wrong(
            "a store of points",
            lambda xT, noise: _stored(xT, noise, 0.0),
            "Only so many different points ever come back: they are remembered, not generated.",
        ),
        wrong(
            "learnt by heart",
            lambda xT, noise: _stored(xT, noise, 0.005),
            "Nearly every point lies on a point of the training set, much nearer than fresh points would: these are "
            "copies, not samples.",
        ),
        wrong(
            "one moon",
            lambda xT, noise: _bend(xT, noise, SIGMA, 1.0),
            "Nearly all points are on one moon: the other one is lost.",
        ),
        wrong(
            "nothing learnt yet",
            lambda xT, noise: xT,
            "Most points lie beside the moons: the model has not been trained, or the sampler does not use it.",
        ),
        wrong(
            "blurred moons",
            lambda xT, noise: _bend(xT, noise, 2.2 * SIGMA),
            "The moons are there, but blurred. Is there noise in the last step, or a variance for a standard deviation? "
            "Does the chain go down to t = 1? Were there enough steps of training?",
        ),
    )


def _called(found: Likeness) -> str | None:
    """What is wrong with the points at a glance."""
    if abs(found.upper - 0.5) > 0.3 and found.off < 0.3:
        return "one moon"
    if found.off > 0.5:
        return "nothing learnt yet"
    return "blurred moons" if found.off > 0.08 else None
