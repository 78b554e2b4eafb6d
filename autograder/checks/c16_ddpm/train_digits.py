"""ddpm.train_digits: nats of kept-back digits, and new ones (long: three functions, and the bound anew in numpy).

All comes from the student's functions and the judge's noise; nothing that the training run wrote down counts.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from scipy.special import expit, log_softmax
from scipy.stats import norm

from autograder.judging.compare import arithmetic, close, exact, has_shape, show, values
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Finding, call, case, exercise, gate, pays, wrong
from autograder.judging.sampler import BATCH, Sampler
from autograder.judging.shares import level_shares
from pushforward.data import digits
from pushforward.measuring.classifier import class_shares, features
from pushforward.measuring.frechet import frechet
from pushforward.measuring.neighbours import neighbour_ratio
from pushforward.train import budget

RULE, LEVELS, SAMPLE = "level_log_p", "digit_levels", "sample_digits"
U = np.arange(17) / 8 - 1
LOG_SNR = np.linspace(4.5, -5, 100)  # of the chain whose bound is judged
KEPT = expit(LOG_SNR)
LOOKS = 8  # times at which each of the digits is noised, beside t = 1
NEW = 0.8  # times as far from the training digits as test digits are; the truth has 1, within 0.04
LUCK = 0.2  # the ratio of distances scatters by 0.06 with 4000 draws
FAR_FROM_ALL = 2.2  # pixels drawn one by one, each at its own frequencies, have 1.8
NO_MODEL = 65.0  # nats: nobody comes near who has not seen the test digits; the best known model needs 81
INF = float("inf")


@functools.cache
def training_digits() -> torch.Tensor:
    return digits("train")[0]


@functools.cache
def test_digits() -> torch.Tensor:
    return digits("test")[0]


def asked() -> int:
    """So many of the test digits the bound is taken on."""
    return budget(447, 447, 20)


# --- the bound ---------------------------------------------------------------------------------------------------


def noised(x0: np.ndarray, kept: np.ndarray, rng: np.random.Generator) -> torch.Tensor:
    x = np.sqrt(kept)[:, None] * x0 + np.sqrt(1 - kept)[:, None] * rng.normal(size=x0.shape)
    return torch.tensor(x, dtype=torch.float32)


def times(n: int, rng: np.random.Generator) -> np.ndarray:
    """(LOOKS, n): indices 1 … 99 of the times t = 2 … 100, spread evenly over all digits together."""
    even = (np.arange(LOOKS * n) + rng.random()) / (LOOKS * n)
    return (1 + np.floor(99 * rng.permutation(even)).astype(int)).reshape(LOOKS, n)


def bound(x0: np.ndarray, at_one: np.ndarray, at: np.ndarray, later: list[np.ndarray]) -> float:
    """Nats per picture: −log p of the right levels at t = 1, the prior's divergence, and half the drops of the SNR.

    at_one: log p (n, 64, 17) at t = 1; later: the same at the indices of times at[k].
    """
    level, snr = ((x0 + 1) * 8).round().astype(int), np.exp(LOG_SNR)
    right = np.take_along_axis(at_one, level[:, :, None], axis=2)[:, :, 0].sum(1)
    last, d = KEPT[-1], x0.shape[1]
    prior = 0.5 * (last * (x0**2).sum(1) - d * last - d * np.log1p(-last))
    drop = 0.5 * (snr[at - 1] - snr[at])
    squares = np.stack([((x0 - np.exp(log_p) @ U) ** 2).sum(1) for log_p in later])
    return float((prior - right).mean() + 99 * (drop * squares).mean())


# --- answers with slips ------------------------------------------------------------------------------------------


@functools.cache
def _frequencies() -> torch.Tensor:
    """Votes (64, 17): how often each pixel of the training digits has each level."""
    level = training_digits().flatten(1).long()
    return ((level[:, :, None] == torch.arange(17)).float().mean(0) + 1e-3).log()


def _rule(votes, xt, kept, *, root=torch.sqrt, width=lambda kept: 2 * (1 - kept), sign=-1, axis=2):
    kept, u = kept[:, None, None], torch.arange(17, device=xt.device).to(xt) / 8 - 1
    return (votes + sign * (xt[:, :, None] - root(kept) * u) ** 2 / width(kept)).log_softmax(axis)


def _alone(xt: torch.Tensor, kept: torch.Tensor, **slip: Any) -> torch.Tensor:
    """Each pixel by itself, at the frequencies of the training set."""
    return _rule(_frequencies().expand(len(xt), 64, 17), xt, kept, **slip)


def _dice(xT: torch.Tensor, pictures: torch.Tensor) -> torch.Tensor:
    return pictures[(xT[:, 0].abs() * 1e5).long() % len(pictures)].flatten(1) / 8 - 1


def _grey(xT: torch.Tensor) -> torch.Tensor:
    """Each pixel by itself, drawn from its frequencies."""
    share = _frequencies().exp().cumsum(1) / _frequencies().exp().sum(1, keepdim=True)
    return (torch.special.ndtr(xT)[:, :, None] > share).sum(2).clamp_max(16) / 8 - 1


def _ones(xT: torch.Tensor, digit: int = 1) -> torch.Tensor:
    """New pictures of one digit: halfway between two training pictures of it, with a little noise."""
    pictures, labels = digits("train")
    kind = pictures[labels == digit]
    mixed = (_dice(xT, kind) + _dice(xT[:, 1:], kind)) / 2 + 0.1 * xT
    return mixed.clamp(-1, 1)


def _all(sample: Callable = _grey, rule: Callable = _rule, levels: Callable = _alone) -> dict[str, Callable]:
    return {
        RULE: lambda votes, xt, kept: rule(votes, xt, kept),
        LEVELS: lambda xt, kept: levels(xt, kept),
        SAMPLE: lambda xT: sample(xT),
    }


def _slip(**slip: Any) -> dict[str, Callable]:
    """The rule with a slip, wherever it is used."""
    return _all(lambda xT: 0.9 * _grey(xT), functools.partial(_rule, **slip), functools.partial(_alone, **slip))


def _by_heart(xt: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
    """Nearly all to the nearest of all digits that there are, the test digits among them."""
    known = torch.cat([training_digits(), test_digits()]).flatten(1)
    nearest = known[torch.cdist(xt / kept.sqrt()[:, None], known / 8 - 1).argmin(1)].long()
    return (10.0 * torch.nn.functional.one_hot(nearest, 17)).log_softmax(2)


@exercise("ddpm.train_digits", (RULE, LEVELS, SAMPLE))
class TrainDigits(Sampler):
    """log p(k | x_t) by Bayes' rule; the bound on kept-back digits; new pictures that have the digits' features."""

    long = True
    sums = gate("for every picture there are 17 log probabilities of each pixel, which add up to one")
    alone = gate("what is said of a picture depends on nothing else in the batch")
    new = gate("digits are made, not remembered: neither those of the training nor those that were kept back")
    bayes = pays("the levels' probabilities are those of Bayes' rule, from the votes and from what is seen", 1.0)
    low = pays("a kept-back digit costs fewer nats than a simple model needs", 0.5)
    lower = pays("a kept-back digit costs as few nats as the training should reach", 1.0)
    near = pays("the pictures come near the digits in the features of a classifier", 0.5)
    nearer = pays("the pictures are nearly as near to test digits as training digits are", 1.0)

    hints = (
        "x_t is normal around √kept u_k with variance 1 − kept: which exponent is that, and what makes 17 numbers add up "
        "to one? Mind the shapes: xt[:, :, None] is (B, D, 1), kept[:, None, None] is (B, 1, 1).",
        "Bad nats or pictures all the same? A model that was trained before level_log_p was right is kept: run the cell "
        "of levels_run once more.",
        "In sample_digits, from x0_hat follows eps = (x − √now x0_hat)/√(1 − now), and then ddim_step(x, eps, 0 * x, now, "
        "before, 0.0). At t = 1 there is no step any more.",
    )

    domain = {
        RULE: Domain(
            {
                "votes": Tensor("B, D, 17", Reals(reach=(1e-3, 30))),
                "xt": Tensor("B, D", Reals(reach=(1e-3, 4))),
                "kept": Tensor("B", Reals(0.006, 0.99, "[]"), says=("alpha_bar_t of each item",)),
            },
            sizes={"B": (1, 4), "D": (1, 5)},
            returns=Like("xt"),
            most=10,
        ),
        LEVELS: Domain(
            {"xt": Tensor("N, 64", Reals(reach=(1e-3, 4))), "kept": Tensor("N", Reals(0.007, 0.989, "[]"))},
            sizes={"N": (1, 5)},
            most=3,
            draws=1,
        ),
        SAMPLE: Domain({"xT": Tensor("N, 64", Reals(reach=(1e-3, 4)))}, sizes={"N": (1, 5)}, most=3, draws=1),
    }

    @property
    def drawn(self) -> int:
        return budget(4000, 1000, 40)

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            votes, xt = normal(rng, (3, 4, 17), dtype, device), normal(rng, (3, 4), dtype, device)
            yield self.case_of(
                RULE, {"votes": votes, "xt": xt, "kept": floats(rng.uniform(0.05, 0.95, 3), dtype, device)}
            )
        yield self._nats(rng)
        xT = normal(rng, (self.drawn, 64), torch.float32)
        yield case(
            call(SAMPLE, xT),
            call(SAMPLE, xT[-BATCH:]),
            about=(self.points, self.own, self.varied, self.new, self.near, self.nearer),
            of=SAMPLE,
            shape=xT.shape,
            xT=xT.numpy(),
        )

    def _nats(self, rng: np.random.Generator) -> Case:
        """The test digits at t = 1, a few of them alone, and each at some other times."""
        x0 = exact(test_digits().flatten(1))[: asked()] / 8 - 1
        at, first = times(len(x0), rng), np.full(len(x0), KEPT[0])
        seen = noised(x0, first, rng)
        asks = [(noised(x0, KEPT[k], rng), KEPT[k]) for k in at]
        asks = [(seen, first), (seen[-BATCH:], first[-BATCH:]), *asks]
        return case(
            *(call(LEVELS, xt, torch.tensor(kept, dtype=torch.float32)) for xt, kept in asks),
            about=(self.sums, self.alone, self.new, self.low, self.lower),
            of=LEVELS,
            x0=x0,
            at=at,
        )

    def case_of(self, name: str, given: dict[str, torch.Tensor]) -> Case:
        if name == RULE:
            return case(call(name, *given.values()), about=(self.sums, self.bayes), of=RULE, **given)
        given = {key: value.float().cpu() for key, value in given.items()}  # where the model was trained
        law = self.points if name == SAMPLE else self.sums
        shape = next(iter(given.values())).shape
        return case(call(name, *given.values()), about=(law,), of=name, shape=shape, x0=None)

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        if case.of == RULE:
            yield from self._bayes(case, *answers)
        elif case.of == SAMPLE:
            yield from super().judge(case, *answers)
        else:
            yield from self._levels(case, *answers)

    # --- Bayes' rule

    def _bayes(self, case: Case, answer: Any) -> Iterator[Finding]:
        votes, xt, kept = (exact(part) for part in (case.votes, case.xt, case.kept))
        shape = has_shape(answer, votes.shape, case.xt)
        yield self.sums(*shape)
        if shape.ok:
            kept = kept[:, None, None]
            evidence = norm.logpdf(xt[:, :, None], np.sqrt(kept) * U, np.sqrt(1 - kept))
            sure = (abs(xt[:, :, None]) + 1) ** 2 / (2 * (1 - kept))
            size = 1 + (abs(votes) + sure).max(2, keepdims=True) + 0 * votes
            want = log_softmax(votes + evidence, axis=2)
            yield self.bayes(*close(answer, want, case.xt.dtype, size, lost=size / (1 - kept)))

    # --- the trained network

    def _levels(self, case: Case, *answers: Any) -> Iterator[Finding]:
        counts = [case.shape[0]] if case.x0 is None else [len(case.x0), BATCH, *[len(case.x0)] * LOOKS]
        parts = []
        for n, answer in zip(counts, answers, strict=True):
            good, got = level_shares(answer, n)
            yield self.sums(good, f"a tensor of shape ({n}, 64, 17), of log probabilities that add up to one", got)
            if not good:
                return
            parts.append(values(answer))
        if case.x0 is not None:
            yield from self._kept_back(case, *parts)

    def _kept_back(self, case: Case, at_one: np.ndarray, few: np.ndarray, *later: np.ndarray) -> Iterator[Finding]:
        same = bool(np.allclose(np.exp(few), np.exp(at_one[-BATCH:]), atol=1e-3))
        got = f"{show(np.exp(at_one[-1, 0]))}, then {show(np.exp(few[-1, 0]))}"
        yield self.alone(same, f"the same among {len(at_one)} and among {BATCH}", got)
        if not same:
            return
        nats = bound(case.x0, at_one, case.at, list(later))
        quick = budget(False, False, True)
        known = nats < NO_MODEL
        yield self.new(
            not known, f"{NO_MODEL:g} nats or more", f"{nats:.1f} nats per test digit",
            mistake="knows the test digits" if known else None,
        )  # fmt: skip
        if not known and not quick:
            most, least = budget((95.0, 89.0), (102.0, 95.0), (INF, INF))
            yield self.low(nats <= most, f"at most {most:g} nats", f"{nats:.1f} nats per test digit")
            yield self.lower(nats <= least, f"at most {least:g} nats", f"{nats:.1f} nats per test digit")
        elif not known:
            yield from (law(True) for law in (self.low, self.lower))

    # --- its pictures

    def quality(self, case: Case, x: np.ndarray) -> Iterator[Finding]:
        varied = self.differing(x, 0.9)
        yield varied
        if not varied.ok:
            return
        if np.array_equal(x, case.xT):
            yield self.near(False, "pictures", "the noise itself", mistake="no digits")
            return
        made = (8 * (torch.from_numpy(x) + 1)).round().clamp(0, 16).reshape(-1, 8, 8)
        ratio = neighbour_ratio(training_digits(), made[:1000], test_digits()).value
        learnt = ratio < NEW
        yield self.new(
            not learnt, f"at least {NEW:g} times as far from training digits as test digits are", f"{ratio:.2f} times",
            mistake="learnt by heart" if learnt else None,
        )  # fmt: skip
        far = float(abs(x).max())
        if not learnt and far > 1.01:  # the mean of levels cannot be, and rounding to levels would hide it
            yield self.near(False, "values between -1 and 1", f"values up to {far:.2f}")
        elif not learnt:
            yield from self._likeness(made, "no digits" if ratio > FAR_FROM_ALL else None)

    def _likeness(self, made: torch.Tensor, name: str | None) -> Iterator[Finding]:
        floor, test = frechet(features(training_digits()), features(test_digits())), features(test_digits())
        far = frechet(features(made), test) / floor
        most, least = budget((2.0 + LUCK, 1.3 + LUCK), (3.0, 2.0), (INF, INF))
        name = name or ("one digit only" if float(class_shares(made).max()) > 0.5 else None)
        got = f"{far:.2f} times"
        yield self.near(far <= most, f"at most {most:g} times the distance of training digits", got, mistake=name)
        yield self.nearer(far <= least, f"at most {least:g} times the distance of training digits", got, mistake=name)

    mistakes = (
        wrong(
            "the standard deviation for the variance",
            _slip(width=lambda kept: 2 * (1 - kept).sqrt()),
            "The exponent divides by twice the variance of the noise in x_t, 2 (1 − kept).",
            also=(_slip(width=lambda kept: 1 - kept),),
        ),
        wrong(
            "√kept missing",
            _slip(root=torch.ones_like),
            "x_t was compared with the levels themselves. What is behind x_t has shrunk: √kept u_k.",
            also=(_slip(root=torch.clone),),
        ),
        wrong(
            "far levels first", _slip(sign=1), "The exponent lost its minus: levels far from x_t got the large shares."
        ),
        wrong(
            "no evidence",
            _slip(sign=0),
            "Only the votes count. What a pixel shows of itself, x_t, is evidence, too, and the best that there is.",
        ),
        wrong(
            "each pixel by itself",
            _all(),
            "The bound is that of a model in which no pixel knows of the others: has the network been trained, and with "
            "your rule? Run the cell of levels_run again.",
        ),
        wrong("a constant", _all(lambda xT: 0 * xT - 1), "Whatever the noise, the same picture comes back."),
        wrong(
            "a store of points",
            _all(lambda xT: _dice(xT, training_digits())),
            "Only so many different pictures ever come back: they are remembered, not generated.",
        ),
        wrong(
            "learnt by heart",
            _all(lambda xT: _dice(xT, training_digits()) + 0.05 * xT.sin()),
            "Nearly every picture is one of the training set: these are copies, not samples.",
        ),
        wrong(
            "knows the test digits",
            _all(levels=_by_heart),
            "No model that has not seen the test digits gives them such probabilities. Train on digits('train') alone.",
        ),
        wrong("one digit only", _all(_ones), "More than half of the pictures are of one digit: the others are lost."),
        wrong(
            "no digits",
            _all(lambda xT: xT.tanh()),
            "The pictures have nothing of a digit: the model has not been trained, or the sampler does not use it.",
        ),
    )
