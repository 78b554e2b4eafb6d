"""ddpm.loss: the mean of (eps − model(x_t, t))², algorithm 1 without its gradient step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c15_diffusion_forward.shared import (
    SIZES,
    STEPS,
    Shares,
    at_steps,
    in_range,
    per_item,
    random_betas,
    random_steps,
)
from autograder.checks.c16_ddpm.shared import MODEL, Denoiser, answer, bars_of, bent, smooth
from autograder.judging.compare import arithmetic, close, exact, has_shape, values
from autograder.judging.domain import Domain, Like, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from pushforward.answering.wire import Callback


def _loss(model, x0, t, eps, bars, *, index=None, told=None, target=None, noise=torch.sqrt, signal=torch.sqrt):
    kept = bars[in_range(t - 1 if index is None else index, len(bars))]
    xt = per_item(signal(kept), x0) * x0 + per_item(noise(1 - kept), x0) * eps
    return ((eps if target is None else target) - model(xt, t if told is None else told)) ** 2


_DRAWN = "another noise for the target"


def _point(centre: float, bars: np.ndarray) -> Denoiser:
    """The exact denoiser of data that are one point: (x_t − √ᾱ_t centre) / √(1 − ᾱ_t), whatever time it is told."""

    def denoise(x: np.ndarray, t: np.ndarray) -> np.ndarray:
        kept = bars[np.clip(t.astype(int) - 1, 0, len(bars) - 1)]
        return (x - np.sqrt(kept) * centre) / np.sqrt(1 - kept)

    return denoise


@exercise("ddpm.loss", ("ddpm_loss",))
class Loss(Exercise):
    """L = mean of (eps − model(x_t, t))² with x_t = √ᾱ_t x0 + √(1 − ᾱ_t) eps."""

    scalar = gate("the loss is a tensor without axes")
    least = pays(
        "for data that are one point the loss is 0 if the model knows it, and d² times the SNR if it is off by d", 1
    )
    told = pays("the model is told each item's own time, counted from 1", 1)
    mean = pays("the loss is the mean over all entries of the squared distance to the noise in x_t", 1)

    hints = (
        "Which of the tensors that you are given did the noising use? The model has to find that very one again.",
        "Notebook 15 wrote q_sample: alpha_bar is looked up at index t − 1, the model is told t itself.",
        "Take x0 = 0 and alpha_bar = 0.25 by hand: x_t = √0.75 eps. What must a model return for the loss to be 0?",
    )

    domain = {
        "ddpm_loss": Domain(
            {
                "model": MODEL,
                "x0": Tensor("B, ..."),
                "t": STEPS,
                "eps": Tensor("B, ..."),
                "alpha_bar": Tensor("T", Shares(coarse=1e-6)),
            },
            sizes=SIZES,
            returns=Like("x0"),
            most=24,
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        one = torch.tensor([[2.0], [0.0]])
        bars = torch.tensor([0.81, 0.64, 0.25])
        yield self._case(lambda x, t: 0 * x, one, torch.tensor([2, 1]), 1 - one, bars)
        # no data, no noise, and a model that says so: whatever is not 0 here has been drawn
        yield self._case(lambda x, t: 0 * x, 0 * one, torch.tensor([2, 1]), 0 * one, bars)
        for dtype, device in arithmetic():
            for shape in ((4,), (3, 2), (4, 1, 3, 3)):
                steps = int(rng.integers(5, 9))
                bars = floats(bars_of(random_betas(rng, steps))[1:], dtype, device)
                t, eps = random_steps(rng, shape[0], steps, device), normal(rng, shape, dtype, device)
                centre = float(np.float32(rng.uniform(0.5, 2)))
                for off in (0.0, 0.5):
                    point, x0 = _point(centre + off, exact(bars)), torch.full_like(eps, centre)
                    yield self._case(point, x0, t, eps, bars, (self.least,), off)
                x0 = normal(rng, shape, dtype, device)
                yield self._case(lambda x, t: 0 * x + np.sin(t), x0, t, eps, bars, (self.told,))
                for model in (smooth(), bent()):
                    yield self._case(model, x0, t, eps, bars)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(given["model"], given["x0"], given["t"], given["eps"], given["alpha_bar"])

    def _case(self, model: Denoiser, x0, t, eps, bars, laws: tuple = (), off: float = 0.0) -> Case:
        ask = call("ddpm_loss", Callback("model"), x0, t, eps, bars)
        about = (self.scalar, *(laws or (self.mean,)))
        return case(ask, about=about, model=model, x0=x0, t=t, eps=eps, bars=bars, off=off)

    def reply(self, case: Case, name: str, args: list, kwargs: dict) -> Any:
        return answer(case.model, args, kwargs)

    def judge(self, case: Case, loss: Any) -> Iterator[Finding]:
        shape = has_shape(loss, (), like=case.x0)
        yield self.scalar(*shape)
        if not shape.ok:
            return
        x0, eps, bars, dtype = exact(case.x0), exact(case.eps), exact(case.bars), case.x0.dtype
        kept = at_steps(bars, case.t - 1, x0)
        xt = np.sqrt(kept) * x0 + np.sqrt(1 - kept) * eps
        guess = case.model(xt, at_steps(np.arange(len(bars)) + 1.0, case.t - 1, x0))
        want = float(((eps - guess) ** 2).mean())
        if case.about[-1] is self.least:
            want = case.off**2 * float((kept / (1 - kept)).mean())
        sharp = 1 / np.sqrt(np.maximum(1 - kept, 1e-12))  # √(1 − ᾱ) is rounded, relative to itself, by this much
        size = float(((abs(eps) + abs(guess)) * (abs(eps) + abs(guess) + abs(x0))).mean())
        size += 1e-3 * float(abs(eps * sharp).max()) if case.about[-1] is self.least else 0
        nothing = not x0.any() and not eps.any() and want == 0
        drawn = _DRAWN if nothing and np.isfinite(values(loss)) else None
        lost = float((abs(eps) * (1 + abs(eps)) * sharp).mean())
        yield case.about[-1](*close(loss, want, dtype, size, lost=lost), mistake=drawn)

    mistakes = (
        wrong(
            "one step late",
            lambda model, x0, t, eps, alpha_bar: _loss(model, x0, t, eps, alpha_bar, index=t).mean(),
            "alpha_bar was looked up at index t, which is the share at time t + 1; after the last there is none.",
            also=(
                lambda model, x0, t, eps, a: _loss(model, x0, t, eps, a, index=t.clamp_max(len(a) - 1)).mean(),
                lambda model, x0, t, eps, a: _loss(model, x0, t, eps, a, index=t % len(a)).mean(),
            ),
        ),
        wrong(
            "the model is told t − 1",
            lambda model, x0, t, eps, alpha_bar: _loss(model, x0, t, eps, alpha_bar, told=t - 1).mean(),
            "The model was told the index t − 1 and not the time t: it would learn each step under another's name.",
        ),
        wrong(
            "roots swapped",
            lambda model, x0, t, eps, alpha_bar: _loss(model, x0, t, eps, 1 - alpha_bar).mean(),
            "√alpha_bar belongs to x0 and √(1 − alpha_bar) to eps: here they changed places.",
        ),
        wrong(
            "roots forgotten",
            lambda model, x0, t, eps, a: _loss(model, x0, t, eps, a, noise=torch.clone, signal=torch.clone).mean(),
            "x_t is mixed with alpha_bar and 1 − alpha_bar. These are shares of the variance; the factors are their roots.",
            also=(
                lambda model, x0, t, eps, a: _loss(model, x0, t, eps, a, noise=torch.clone).mean(),
                lambda model, x0, t, eps, a: _loss(model, x0, t, eps, a, signal=torch.clone).mean(),
            ),
        ),
        wrong(
            "the target is x0",
            lambda model, x0, t, eps, alpha_bar: _loss(model, x0, t, eps, alpha_bar, target=x0).mean(),
            "The model's guess is compared with x0. This model predicts the noise.",
        ),
        wrong(
            "summed and not averaged",
            lambda model, x0, t, eps, alpha_bar: _loss(model, x0, t, eps, alpha_bar).sum(),
            "The squares are added up: the loss, and the step that an optimiser takes, would grow with the batch.",
            also=(lambda model, x0, t, eps, a: _loss(model, x0, t, eps, a).sum() / len(x0),),
        ),
        wrong(
            "the distance itself",
            lambda model, x0, t, eps, alpha_bar: _loss(model, x0, t, eps, alpha_bar).sqrt().mean(),
            "The absolute distance is averaged. The bound leads to its square, whose minimum is the conditional mean.",
            also=(lambda model, x0, t, eps, a: _loss(model, x0, t, eps, a).mean().sqrt(),),
        ),
        wrong(
            "the model sees x0",
            lambda model, x0, t, eps, alpha_bar: ((eps - model(x0, t)) ** 2).mean(),
            "The model was shown the clean x0. It has to find the noise in x_t.",
            also=(lambda model, x0, t, eps, a: ((eps - model(eps, t)) ** 2).mean(),),
        ),
        wrong(
            _DRAWN,
            lambda model, x0, t, eps, a: _loss(model, x0, t, eps, a, target=torch.zeros_like(eps)).mean(),
            "What is subtracted from is not the noise that went into x_t. A second draw cannot be predicted: the best "
            "guess at it is 0, and that is what such a model learns.",
        ),
        wrong(
            "one time for all",
            lambda model, x0, t, eps, alpha_bar: _loss(model, x0, t[:1].expand_as(t), eps, alpha_bar).mean(),
            "All items took the first one's time. Each has its own.",
        ),
    )
