"""vae.train_digits (long: nats, draws and slips): nats of kept-back digits, computed anew with the judge's noise.

Two questions hang together: what the encoder says of the test digits decides at which z the decoder is asked. So the
second case is made when the first has been judged. The decoder is shown z alone, the divergence is paid in full, and a
table of probabilities that add up to one cannot be talked up: so the number is a bound, however the two were made.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from scipy.special import logsumexp, ndtri

from autograder.judging.compare import kind_of, show, values
from autograder.judging.domain import Domain, Reals, Tensor, Wholes
from autograder.judging.draw import normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from pushforward.answering.wire import Plain
from pushforward.data import digits
from pushforward.measuring.frechet import digit_frechet
from pushforward.train import budget

POSTERIOR, TABLE = "digit_posterior", "digit_table"
D, FEW, DRAWS = 20, 7, 5
NO_MODEL = 65.0  # nats: nobody comes near who has not seen the test digits; the best known model needs 81
LEAST_UNITS = 5
INF = float("inf")
BELOW, SUMS = "a standard deviation of ", "sums from "
FAR = 3.0, 4.5  # times the Fréchet distance of training digits, in full and when graded


@functools.cache
def levels(part: str) -> torch.Tensor:
    """(n, 64), int64."""
    return digits(part)[0].flatten(1).long()


def asked() -> int:
    """So many of the test digits the bound is taken on."""
    return budget(447, 447, 20)


def bound(
    k: np.ndarray, mu: np.ndarray, sigma: np.ndarray, eps: np.ndarray, log_probs: np.ndarray
) -> tuple[float, float]:
    """Nats per picture: −ELBO with the divergence in closed form, and the same with the draws' weights averaged.

    k: (n, 64); mu, sigma: (n, d); eps: (K, n, d); log_probs: (K, n, 64, 17).
    """
    index = np.broadcast_to(k, log_probs.shape[:3])[..., None]
    right = np.take_along_axis(log_probs, index, 3)[..., 0].sum(2)  # (K, n)
    kl = 0.5 * (mu**2 + sigma**2 - 1 - 2 * np.log(sigma)).sum(1)
    log_w = right + (np.log(sigma) + (eps**2 - (mu + sigma * eps) ** 2) / 2).sum(2)
    return float((kl - right).mean()), float(-(logsumexp(log_w, axis=0) - np.log(len(eps))).mean())


# --- answers with slips ------------------------------------------------------------------------------------------


@functools.cache
def _frequencies() -> torch.Tensor:
    """log p (64, 17): how often each pixel of the training digits has each level."""
    share = (levels("train")[:, :, None] == torch.arange(17)).float().mean(0) + 1e-3
    return (share / share.sum(1, keepdim=True)).log()


def _prior(k: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    zero = torch.zeros(len(k), D, device=k.device)
    return zero, zero + 1


def _used(k: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Codes that say something: twenty pixels."""
    mu = k[:, 12 : 12 + D].float() / 8 - 1
    return mu, 0 * mu + 0.3


def _alike(z: torch.Tensor) -> torch.Tensor:
    return _frequencies().to(z).expand(len(z), 64, 17)


def _known() -> torch.Tensor:
    return torch.cat([levels("train"), levels("test")])


def _name_of(k: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The number of the nearest digit that there is, written into the first latent."""
    known = _known()
    number = torch.cdist(k.cpu().float(), known.float()).argmin(1)
    mu, sigma = _prior(k)
    mu[:, 0] = torch.tensor(ndtri((number.numpy() + 0.5) / len(known)), dtype=mu.dtype, device=mu.device)
    sigma[:, 0] = 1e-4
    return mu, sigma


def _by_name(z: torch.Tensor) -> torch.Tensor:
    known = _known()
    number = (torch.special.ndtr(z[:, 0].double().cpu()) * len(known)).long().clamp(0, len(known) - 1)
    sure = 12.0 * torch.nn.functional.one_hot(known[number], 17)
    return sure.float().log_softmax(2).to(z.device)


def _no_price(k: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The pixels themselves for a code, far out and sure."""
    mu = k[:, ::3][:, :D].float() - 8
    return mu, torch.full_like(mu, 1e-3)


@exercise("vae.train_digits", (POSTERIOR, TABLE))
class TrainDigits(Exercise):
    """−log p(x) ≤ reconstruction + KL on digits that no training has seen, and new digits from draws of the prior."""

    long = True
    again = False
    form = gate("the posterior is a mean and a standard deviation above 0 for each of the 20 latents")
    alone = gate("what is said of a picture depends on nothing else in the batch, nor on chance")
    sums = gate("for every z there are 17 log probabilities of each pixel, which add up to one")
    new = gate("the test digits are not known")
    used = pays("the code is in use: units move from picture to picture", 0.5)
    low = pays("a kept-back digit costs fewer nats than a simple model needs", 0.5)
    lower = pays("a kept-back digit costs as few nats as the training should reach", 1.5)
    near = pays("draws of the prior become pictures that come near the digits", 1.0)

    hints = (
        "digits_run()[0] is the trained model: its encode gives mu and sigma of levels, its log_probs the table of a z.",
        "Bad nats all the same? A model that was trained before nelbo was right is kept: run the cell of digits_run once more.",
        "A number that changes from call to call has dropout in it (the model in eval mode has none), or a draw: mu and sigma need none.",
    )

    domain = {
        POSTERIOR: Domain({"levels": Tensor("N, 64", Wholes(0, 16))}, sizes={"N": (1, 5)}, most=3, draws=1),
        TABLE: Domain({"z": Tensor("N, 20", Reals(reach=(1e-3, 4)))}, sizes={"N": (1, 5)}, most=3, draws=1),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        k = levels("test")[: asked()]
        laws = (self.form, self.alone, self.used)
        first = case(call(POSTERIOR, k), call(POSTERIOR, k[-FEW:]), about=laws, of=POSTERIOR, k=k.numpy(), q=None)
        yield first
        mu, sigma = first.q or (np.zeros((len(k), D)), np.ones((len(k), D)))  # of its answer, if it was one
        eps = rng.normal(size=(DRAWS, len(k), D))
        z = torch.tensor(mu + sigma * eps, dtype=torch.float32)
        laws = (self.sums, self.alone, self.new, self.low, self.lower)
        asks = (call(TABLE, z.reshape(-1, D)), call(TABLE, z[-1, -FEW:]))
        yield case(*asks, about=laws, of=TABLE, k=k.numpy(), mu=mu, sigma=sigma, eps=eps, given=first.q is not None)
        drawn = normal(rng, (budget(1000, 1000, 40), D), torch.float32)
        yield case(
            call(TABLE, drawn), about=(self.sums, self.near), of="prior", n=len(drawn), u=rng.random((len(drawn), 64))
        )

    def case_of(self, name: str, given: dict[str, torch.Tensor]) -> Case:
        (value,) = given.values()
        value = value.cpu() if name == POSTERIOR else value.float().cpu()  # where the model was trained
        law = self.form if name == POSTERIOR else self.sums
        return case(call(name, value), about=(law,), of=name, n=len(value), k=None)

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        if case.of == POSTERIOR:
            yield from self._posterior(case, *answers)
        elif case.of == TABLE:
            yield from self._table(case, *answers)
        else:
            yield from self._pictures(case, *answers)

    # --- the encoder

    def _posterior(self, case: Case, *answers: Any) -> Iterator[Finding]:
        counts = [case.n] if case.k is None else [len(case.k), FEW]
        found = []
        for n, answer in zip(counts, answers, strict=True):
            q, got = _normal(answer, n)
            name = "log sigma for sigma" if got.startswith(BELOW) else None
            yield self.form(
                q is not None, f"two finite tensors of shape ({n}, {D}), the second above 0", got, mistake=name
            )
            if q is None:
                return
            found.append(q)
        if case.k is None:
            return
        (mu, sigma), few = found
        same = all(
            np.allclose(part[-FEW:], again, rtol=1e-3, atol=1e-4) for part, again in zip((mu, sigma), few, strict=True)
        )
        name = "a draw for the mean" if not same and _drawn(mu[-FEW:] - few[0], sigma[-FEW:]) else None
        got = f"{show(mu[-1, :4])}, then {show(few[0][-1, :4])}"
        yield self.alone(same, f"the same among {len(mu)} and among {FEW}", got, mistake=name)
        case.facts.q = mu, sigma
        spread = mu.var(0)
        units, least = int((spread > 0.01).sum()), budget(LEAST_UNITS, LEAST_UNITS, 0)
        yield self.used(
            units >= least and spread.max() > 1e-9,  # after ten steps it need not say much, but not the same of all
            f"{least} units or more",
            f"{units}, with spreads up to {spread.max():.1g}",
        )

    # --- the decoder

    def _table(self, case: Case, *answers: Any) -> Iterator[Finding]:
        counts = [case.n] if case.k is None else [case.eps.shape[0] * len(case.k), FEW]
        found = []
        for n, answer in zip(counts, answers, strict=True):
            log_probs, got = _log_probs(answer, n)
            yield self._summed(log_probs, n, got)
            if log_probs is None:
                return
            found.append(log_probs)
        if case.k is None:
            return
        log_probs, few = found
        same = bool(np.allclose(np.exp(few), np.exp(log_probs[-FEW:]), atol=1e-3))
        yield self.alone(
            same,
            f"the same among {len(log_probs)} and among {FEW}",
            f"{show(np.exp(log_probs[-1, 0]))}, then {show(np.exp(few[-1, 0]))}",
        )
        if same and case.given:
            yield from self._nats(case, log_probs.reshape(len(case.eps), -1, 64, 17))

    def _summed(self, log_probs: np.ndarray | None, n: int, got: str) -> Finding:
        name = "no log probabilities" if got.startswith(SUMS) else None
        wanted = f"({n}, 64, 17) of log probabilities that add up to one"
        return self.sums(log_probs is not None, wanted, got, mistake=name)

    def _nats(self, case: Case, log_probs: np.ndarray) -> Iterator[Finding]:
        nats, tighter = bound(case.k, case.mu, case.sigma, case.eps, log_probs)
        got = f"{nats:.1f} nats per test digit ({tighter:.1f} with {DRAWS} draws)"
        known = tighter < NO_MODEL
        yield self.new(not known, f"{NO_MODEL:g} nats or more", got, mistake="knows the test digits" if known else None)
        if not known:
            most, least = budget((95.0, 89.0), (97.0, 92.0), (INF, INF))
            name = self._called(case)
            yield self.low(nats <= most, f"at most {most:g} nats", got, mistake=name)
            yield self.lower(nats <= least, f"at most {least:g} nats", got, mistake=name)

    @staticmethod
    def _called(case: Case) -> str | None:
        """What is wrong at a glance: a code that says nothing, or one whose price nobody asked for."""
        if not (case.mu.var(0) > 0.01).any():
            return "collapsed"
        kl = 0.5 * (case.mu**2 + case.sigma**2 - 1 - 2 * np.log(case.sigma)).sum(1).mean()
        return "the divergence left out" if kl > 60 else None

    def _pictures(self, case: Case, answer: Any) -> Iterator[Finding]:
        log_probs, got = _log_probs(answer, case.n)
        yield self._summed(log_probs, case.n, got)
        if log_probs is None:
            return
        made = (case.u[:, :, None] >= np.exp(log_probs).cumsum(2)[:, :, :-1]).sum(2)
        made = torch.tensor(made, dtype=torch.float32).reshape(-1, 8, 8)
        far = digit_frechet(made, digits("test")[0]).value / digit_frechet(digits("train")[0], digits("test")[0]).value
        most = budget(*FAR, INF)
        yield self.near(
            far <= most, f"at most {most:g} times the Fréchet distance of training digits", f"{far:.1f} times"
        )

    mistakes = (
        wrong(
            "collapsed",
            {POSTERIOR: _prior, TABLE: _alike},
            "Every picture has the same code: the latents say nothing, and the decoder draws each pixel by itself. Has the model been trained, with the pixels' costs summed?",
        ),
        wrong(
            "the divergence left out",
            {POSTERIOR: _no_price, TABLE: _alike},
            "The codes lie far from the prior and are almost points: what they cost is more than they save. Was the divergence in the loss, with its whole weight at the end?",
        ),
        wrong(
            "knows the test digits",
            {POSTERIOR: _name_of, TABLE: _by_name},
            "No model that has not seen the test digits gives them such probabilities. Train on digits('train') alone.",
        ),
        wrong(
            "no log probabilities",
            {POSTERIOR: _used, TABLE: lambda z: _alike(z).exp()},
            "exp of the 17 numbers of a pixel does not add up to one: are they the probabilities themselves, or were they scaled or shifted?",
            also=({POSTERIOR: _used, TABLE: lambda z: _alike(z) + 1.0},),
        ),
        wrong(
            "log sigma for sigma",
            {POSTERIOR: lambda k: (_used(k)[0], _prior(k)[0] - 0.5), TABLE: _alike},
            "The second is to be a standard deviation, above 0, and not its logarithm.",
        ),
        wrong(
            "a draw for the mean",
            {POSTERIOR: lambda k: (torch.randn(len(k), D), _prior(k)[1]), TABLE: _alike},
            "The first changes from call to call: it is a draw. The mean and the standard deviation of q are asked for.",
        ),
    )  # fmt: skip


def _normal(answer: Any, n: int) -> tuple[tuple[np.ndarray, np.ndarray] | None, str]:
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        return None, kind_of(answer)
    if not all(isinstance(part, Plain) and part.shape == (n, D) and part.array.dtype.kind == "f" for part in answer):
        return None, ", ".join(kind_of(part) for part in answer)
    mu, sigma = (values(part) for part in answer)
    if not (np.isfinite(mu).all() and np.isfinite(sigma).all()):
        return None, "some that are no numbers"
    return ((mu, sigma), "") if (sigma > 0).all() else (None, f"{BELOW}{sigma.min():.3g}")


def _drawn(apart: np.ndarray, sigma: np.ndarray) -> bool:
    """Whether two answers are as far apart as two draws: √2 standard deviations, give or take."""
    return bool(1.1 < np.sqrt(((apart / sigma) ** 2).mean()) < 1.8)


def _log_probs(answer: Any, n: int) -> tuple[np.ndarray | None, str]:
    if not (isinstance(answer, Plain) and answer.shape == (n, 64, 17) and answer.array.dtype.kind == "f"):
        return None, kind_of(answer)
    log_p = answer.array
    if np.isnan(log_p).any() or (log_p == INF).any():
        return None, "some that are no numbers"
    sums = np.exp(log_p).sum(2)
    good = bool((abs(sums - 1) < 1e-3).all())
    return (log_p, "") if good else (None, f"{SUMS}{sums.min():.3g} to {sums.max():.3g}")
