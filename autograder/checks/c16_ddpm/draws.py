"""ddpm.draws: what a step of training draws, and the loss that it pays for it.

The judge answers the calls of the model. From what the model is shown, x_t and t, it computes the noise that must be in
there, and from that the loss: so the loss is checked to the last digit, whatever was drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from scipy.stats import chisquare, kstest

from autograder.checks.c16_ddpm.shared import MODEL, Denoiser, answer, bars_of, bent, smooth
from autograder.judging.compare import arithmetic, close, exact, kind_of, number, values
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from pushforward.answering.wire import Callback
from pushforward.diffusion import alpha_bar, q_sample

ITEMS, TIMES = 4000, 8  # of the case that looks at what is drawn
CHANCE = 1e-7  # a right answer fails each of two tests so rarely


def _loss(
    model, x0, beta, *, times=lambda T: (1, T + 1), one_time=False, one_noise=False, draw=torch.randn, mean=torch.mean
):
    low, high = times(len(beta))
    t = torch.randint(low, max(high, low + 1), (1 if one_time else len(x0),), device=x0.device).expand(len(x0))
    shape = (1, *x0.shape[1:]) if one_noise else x0.shape
    eps = draw(shape, dtype=x0.dtype, device=x0.device).expand(x0.shape)
    return mean((eps - model(q_sample(x0, t, eps, alpha_bar(beta)), t)) ** 2)


def _one(**slip: Any) -> dict[str, Callable]:
    return {"training_loss": lambda model, x0, beta: _loss(model, x0, beta, **slip)}


@exercise("ddpm.draws", ("training_loss",))
class Draws(Exercise):
    """The loss at a random time and with random noise for each item."""

    again = False
    scalar = gate("the loss is one number")
    paid = pays("the loss is the mean squared distance of the model's guesses to the noise in what it was shown")
    drawn = pays("times 1 to T come equally often, each item has its own, and each entry its own standard normal noise")

    hints = (
        "What does algorithm 1 draw before it noises the data, and how many of each for a batch?",
        "torch.randint(1, T + 1, (B,)) has all T times. torch.randn_like(x0) is noise of the shape of the data.",
        "The rest is ddpm_loss of section 1, with the alpha_bar that belongs to beta.",
    )

    domain = {
        "training_loss": Domain(
            {"model": MODEL, "x0": Tensor("B, ..."), "beta": Tensor("T", Reals(0.001, 0.9, "[]"))},
            sizes={"B": (1, 4), "T": (1, 6)},
            returns=Like("x0"),
            most=12,
            draws=2,
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        seen: list[np.ndarray] = []
        for dtype, device in arithmetic():
            for shape, model, T in (((3,), smooth(), 2), ((4, 2), bent(), 5), ((2, 2, 2), smooth(), 1)):
                beta = floats(rng.uniform(0.05, 0.4, T), dtype, device)
                yield self._loss_case(model, normal(rng, shape, dtype, device), beta)
            beta = floats(np.full(TIMES, 0.2), dtype, device)
            for _ in range(2):
                yield self._loss_case(smooth(), normal(rng, (ITEMS, 2), dtype, device), beta, seen)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._loss_case(**given)

    def _loss_case(self, model: Denoiser, x0: torch.Tensor, beta: torch.Tensor, seen: list | None = None) -> Case:
        """seen: of the case that looks at the draws, what the others like it saw."""
        about = (self.scalar, self.paid) if seen is None else ()
        ask = call("training_loss", Callback("model"), x0, beta)
        return case(ask, about=about, model=model, x0=x0, beta=beta, calls=[], seen=seen)

    def reply(self, case: Case, name: str, args: list, kwargs: dict) -> Any:
        """The model's guess; what it was shown is noted."""
        guess = answer(case.model, args, kwargs)
        shown, times = [*args, *kwargs.values()]
        case.calls.append((values(shown), values(times), exact(guess)))
        return guess

    def judge(self, case: Case, result: Any) -> Iterator[Finding]:
        got = number(result)
        yield self.scalar(got is not None, "a number", kind_of(result))
        if got is None:
            return
        shown = _joined(case)
        if isinstance(shown, str):
            yield self.paid(False, f"the model is asked once about each of {len(case.x0)} items", shown)
            yield from self._draws(case, None)
            return
        xt, t, guess = shown
        T, whole = len(case.beta), np.rint(t).astype(int)
        inside = bool(((whole >= 1) & (whole <= T)).all())
        if not inside:
            told = f"{t.min():g} to {t.max():g}"
            mistake = "times from 0 to T − 1" if whole.min() == 0 else None
            yield self.paid(False, f"the model is told times from 1 to {T}", told, mistake=mistake)
            yield from self._draws(case, None, mistake)
            return
        kept = per_entry(bars_of(exact(case.beta))[whole], xt)
        eps = (xt - np.sqrt(kept) * exact(case.x0)) / np.sqrt(1 - kept)
        size = np.mean((abs(eps) + abs(guess)) * (abs(eps) + abs(xt) / np.sqrt(1 - kept) + abs(guess)) / (1 - kept))
        square = (eps - guess) ** 2
        verdict = close(np.asarray(got), square.mean(), case.x0.dtype, size)
        added = square.size > 1 and abs(got - square.sum()) < 1e-3 * square.sum()
        yield self.paid(*verdict, mistake="a sum over the batch" if added and not verdict.ok else None)
        yield from self._draws(case, (whole, eps) if verdict.ok else None)

    def _draws(self, case: Case, drawn: tuple | None, mistake: str | None = None) -> Iterator[Finding]:
        """How times and noise are spread; where the loss is wrong, neither can be told."""
        if case.seen is None:
            return
        if drawn is None:
            yield self.drawn(False, why="the loss is wrong", mistake=mistake)
            return
        whole, eps = drawn
        counts = np.bincount(whole, minlength=TIMES + 1)[1:]
        even = chisquare(counts).pvalue > CHANCE
        told = f"{', '.join(map(str, counts))} items at the times 1 to {TIMES}"
        yield self.drawn(even, f"about {ITEMS // TIMES} at each", told, mistake=_of_counts(counts))
        ok, got, named = _noise(eps, case.seen)
        yield self.drawn(ok, "standard normal noise, unlike in each entry and in each call", got, mistake=named)
        case.seen.append(eps)

    mistakes = (
        wrong(
            "times from 0 to T − 1",
            _one(times=lambda T: (0, T)),
            "The times are drawn from 0 to T − 1: the last noise level never comes, and at t = 0 the index t − 1 wraps "
            "around to it.",
        ),
        wrong(
            "the last time never comes",
            _one(times=lambda T: (1, T)),
            "The times stop at T − 1 (torch.randint leaves its upper end out): the model never sees the level at which "
            "the sampler begins.",
        ),
        wrong(
            "one time for the whole batch",
            _one(one_time=True),
            "All items of a batch share one time. The loss then jumps with that time; each item should have its own.",
        ),
        wrong(
            "one noise for the whole batch",
            _one(one_noise=True),
            "All items of a batch share one noise, so a step learns from a single draw.",
        ),
        wrong(
            "noise from 0 to 1",
            _one(draw=torch.rand),
            "The noise is uniform on (0, 1): torch.rand. The sampler begins with normal noise, torch.randn.",
        ),
        wrong(
            "a sum over the batch",
            _one(mean=torch.sum),
            "The squares were added up: the loss, and with it each step, grows with the size of the batch.",
        ),
    )


def per_entry(of_items: np.ndarray, like: np.ndarray) -> np.ndarray:
    return of_items.reshape(-1, *[1] * (like.ndim - 1))


def _joined(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray] | str:
    """What the model was shown in all calls, one below the other, or what is wrong with it."""
    if not case.calls:
        return "it was never asked"
    if any(part[0].shape[1:] != tuple(case.x0.shape[1:]) for part in case.calls):
        return f"shapes {', '.join(str(part[0].shape) for part in case.calls[:3])}"
    xt, t, guess = (np.concatenate(parts) for parts in zip(*case.calls, strict=True))
    return (xt, t, guess) if len(xt) == len(case.x0) else f"{len(xt)} items in {len(case.calls)} calls"


def _noise(eps: np.ndarray, seen: list[np.ndarray]) -> tuple[bool, str, str | None]:
    """Whether it is standard normal, unlike that of other calls, and unlike on both axes; what it is, by name."""
    if eps.std(0).max() < 1e-3:
        return False, "the same noise in all items", "one noise for the whole batch"
    if any(np.allclose(eps, other, atol=1e-4) for other in seen):
        return False, "the noise of an earlier call", None
    alike = float(np.corrcoef(eps.T)[0, 1])
    if abs(alike) > 6 / np.sqrt(ITEMS):
        return False, f"a correlation of {alike:.2f} between the axes", None
    normal = kstest(eps.reshape(-1), "norm").pvalue > CHANCE
    uniform = eps.min() > -0.01 and eps.max() < 1.01
    said = f"mean {eps.mean():.2f}, standard deviation {eps.std():.2f}"
    return normal, said, "noise from 0 to 1" if uniform else None


def _of_counts(counts: np.ndarray) -> str | None:
    """What is wrong with the times at a glance."""
    if (counts > 0).sum() == 1:
        return "one time for the whole batch"
    return "the last time never comes" if counts[-1] == 0 else None
