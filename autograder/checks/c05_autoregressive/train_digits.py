"""ar.train_digits: exact nats of kept-back digits, from the student's own conditionals (long: four functions).

Nothing that the training run wrote down counts. That no conditional looks ahead is found out by changing what is ahead.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from scipy.special import logsumexp

from autograder.checks.c05_autoregressive.shared import has_levels
from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, number, values
from autograder.judging.domain import Domain, Int64, Like, Made, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, keep, pays, wrong
from autograder.judging.shares import level_shares
from pushforward.answering.wire import Kept
from pushforward.data import digits
from pushforward.train import budget

MIX, NATS, SAYS, DRAW = "causal_mix", "mean_nats", "digit_log_p", "sample_digits"
NO_MODEL = 65.0  # nats: nobody comes near who has not seen the test digits
SAME = 1e-3  # of two log probabilities that should be equal, in single precision
EDGE = 1e-4  # so near to the border between two levels u may be taken for either's
BATCH = 7
INF, LOG2 = float("inf"), 0.6931471805599453


@functools.cache
def test_rows() -> torch.Tensor:
    return digits("test")[0].flatten(1).long()


@functools.cache
def _frequencies() -> torch.Tensor:
    """Log probabilities (64, 17): how often each pixel of the training digits has each level."""
    level = digits("train")[0].flatten(1).long()
    return ((level[:, :, None] == torch.arange(17)).float().mean(0) + 1e-3).log().log_softmax(1)


# --- answers with slips ------------------------------------------------------------------------------------------


def _mix(h: torch.Tensor, W: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return torch.tril(W) @ h + b[:, None]


def _nats(logits: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    return -logits.log_softmax(2).gather(2, x[:, :, None])[:, :, 0].sum(1).mean()


def _alone(x: torch.Tensor, blur: float = 0.0) -> torch.Tensor:
    """Each pixel by itself, at the frequencies of the training set, a share of them spread over all levels."""
    return ((1 - blur) * _frequencies().exp() + blur / 17).log().expand(len(x), 64, 17).clone()


def _told(x: torch.Tensor) -> torch.Tensor:
    """The right level, nearly for sure: each place has been shown itself."""
    return (8.0 * torch.nn.functional.one_hot(x, 17)).log_softmax(2)


def _ahead(x: torch.Tensor) -> torch.Tensor:
    """A guess from the picture's mean level, which later pixels are part of."""
    near = -((torch.arange(17) - x.double().mean(1)[:, None, None]) ** 2) / 40
    return (_alone(x) + near.float()).log_softmax(2)


def _by_heart(x: torch.Tensor) -> torch.Tensor:
    """The test digits' own levels after the best match of what came before."""
    known = torch.cat([test_rows(), digits("train")[0].flatten(1).long()])
    out, apart = _alone(x).exp(), torch.zeros(len(x), len(known))
    for d in range(64):
        nearest = torch.nn.functional.one_hot(known[apart.argmin(1), d], 17)
        out[:, d] = (0.2 * out[:, d] + 0.8 * nearest).log()
        apart += (x[:, None, d] - known[None, :, d]).abs()
    return out


def _drawn(u: torch.Tensor, blur: float = 0.0) -> torch.Tensor:
    above = _alone(u[:1], blur)[0].exp().cumsum(1)[:, :-1]
    return (u.float()[:, :, None] >= above).sum(2)


def _all(mix: Callable = _mix, nats: Callable = _nats, says: Callable = _alone, draw: Callable = _drawn) -> dict:
    return {
        MIX: lambda h, W, b: mix(h, W, b),
        NATS: lambda logits, x: nats(logits, x),
        SAYS: lambda x: says(x),
        DRAW: lambda u: draw(u),
    }


def _slip(number: int, name: str, function: Callable) -> dict[str, Callable]:
    """One function with a slip; the trained net's are right, and blurred, so that nobody is known by them."""
    blur = number / 100
    return {**_all(says=lambda x: _alone(x, blur), draw=lambda u: _drawn(u, blur)), name: function}


ROWS = Made(
    lambda place: torch.tensor(place.rng.integers(17, size=(place.sizes["N"], 64))),
    says=("(N, 64)", "int64", "values 0 … 16"),
)
LEVELS = Made(
    lambda place: torch.tensor(place.rng.integers(17, size=(place.sizes["B"], place.sizes["D"])), device=place.device),
    says=("(B, D)", "int64", "values 0 … 16"),
)


@exercise("ar.train_digits", (MIX, NATS, SAYS, DRAW))
class TrainDigits(Exercise):
    """A model of 64 conditionals with 17 values each: causal, normalised, and worth its nats on digits it has not seen."""

    long = True
    again = False
    shape = gate("mixed features keep their shape, and mean_nats is one number")
    mix = pays("each place mixes itself and the places before it, with the weights of its row", 0.45)
    loss = pays("the loss is the mean over pictures of −log p, summed over the pixels", 0.45)
    sums = gate("for every pixel there are 17 log probabilities, which add up to one")
    causal = gate("no conditional changes with its own pixel or with a later one")
    alone = gate("what is said of a picture depends on nothing else in the batch")
    honest = gate("the test digits have played no part in the training")
    low = pays("a kept-back digit costs fewer nats than a simple model needs", 0.8)
    lower = pays("a kept-back digit costs as few nats as the training should reach", 2.0)
    form = gate("there are 64 levels 0 … 16 for every row of noise")
    draws = pays("every drawn pixel is the level whose share of the unit interval its noise falls into", 1.3)

    hints = (
        "causal_mix: row i of W belongs to place i. Which of its entries may count, if the row of pixels has been moved already?",
        "Bad nats all the same? A model that was trained before causal_mix was right is kept: run the cell of pixels_run again.",
        "digit_log_p: the net is shown shift_right(x, 17). sample_digits: your `sample`, with that net and 17 values.",
    )

    domain = {
        MIX: Domain(
            {"h": Tensor("D, M"), "W": Tensor("D, D"), "b": Tensor("D")},
            sizes={"D": (1, 5), "M": (1, 4)},
            returns=Like("h"),
            most=8,
            draws=1,
        ),
        NATS: Domain(
            {"logits": Tensor("B, D, 17", Reals(reach=(1e-3, 1e3))), "x": LEVELS},
            sizes={"B": (1, 3), "D": (1, 5)},
            returns=Like("logits"),
            most=8,
            draws=1,
        ),
        SAYS: Domain({"x": ROWS}, sizes={"N": (1, 5)}, most=2, draws=1),
        DRAW: Domain({"u": Tensor("N, 64", Reals(0, 1, "[)"))}, sizes={"N": (1, 2)}, returns=Int64(), most=1, draws=0),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            h, W, b = (normal(rng, shape, dtype, device) for shape in ((3, 2), (3, 3), (3,)))
            yield self.case_of(MIX, {"h": h, "W": W, "b": b})
            x = torch.tensor(rng.integers(17, size=(2, 3)), device=device)
            yield self.case_of(NATS, {"logits": normal(rng, (2, 3, 17), dtype, device), "x": x})
        sure = 12.0 * torch.nn.functional.one_hot(torch.tensor([[4, 0]]), 17)  # two pixels that cost 10⁻⁴ nats each
        yield self.case_of(NATS, {"logits": sure, "x": torch.tensor([[4, 0]])})
        yield self._nats_of_test_digits(rng)
        yield self._drawing(floats(rng.random((budget(12, 12, 3), 64)), torch.float64))

    def _nats_of_test_digits(self, rng: np.random.Generator) -> Case:
        """The test digits; the same with all after a place of its own changed in each; the last few alone."""
        x = test_rows()[: budget(447, 447, 30)]
        last = torch.tensor(rng.integers(-1, 63, size=len(x)))
        others, noise = x[torch.tensor(rng.permutation(len(x)))], torch.tensor(rng.integers(17, size=x.shape))
        strange = torch.where(
            torch.arange(len(x))[:, None] % 2 == 0, others, noise
        )  # a leak may tell digits from noise
        changed = torch.where(torch.arange(64) > last[:, None], strange, x)
        about = (self.sums, self.causal, self.alone, self.honest, self.low, self.lower)
        asks = (call(SAYS, rows) for rows in (x, changed, x[-BATCH:]))
        return case(*asks, about=about, of=SAYS, x=x, last=last)

    def _drawing(self, u: torch.Tensor) -> Case:
        """What is drawn, and what the student's own conditionals say of just that."""
        asks = call(DRAW, u), keep("drawn", DRAW, u), call(SAYS, Kept("drawn"))
        return case(*asks, about=(self.form, self.draws), of=DRAW, u=u)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == SAYS:
            return case(call(name, given["x"]), about=(self.sums,), of=name, x=given["x"], last=None)
        if name == DRAW:
            u = given["u"].double().cpu().clamp_max(1 - 1e-6)
            return case(call(name, u), about=(self.form,), of=name, u=u)
        about = (self.shape, self.mix) if name == MIX else (self.shape, self.loss)
        return case(call(name, *given.values()), about=about, of=name, **given)

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        ways = {MIX: self._judge_mix, NATS: self._judge_loss, SAYS: self._judge_says, DRAW: self._judge_draw}
        yield from ways[case.of](case, *answers)

    def _judge_mix(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.h.shape), case.h)
        yield self.shape(*shape)
        if shape.ok:
            h, W, b = (exact(part) for part in (case.h, case.W, case.b))
            want, size = 0 * h + b[:, None], 0 * h + abs(b)[:, None]
            for i, j in np.ndindex(W.shape):
                if j <= i:
                    want[i] += W[i, j] * h[j]
                    size[i] += abs(W[i, j] * h[j])
            yield self.mix(*close(answer, want, case.h.dtype, size))

    def _judge_loss(self, case: Case, answer: Any) -> Iterator[Finding]:
        got = number(answer)
        yield self.shape(got is not None, "a number", kind_of(answer))
        if got is not None:
            logits, x = exact(case.logits), case.x.cpu().numpy()
            here = np.take_along_axis(logits, x[..., None], 2)[..., 0]
            want = (logsumexp(logits, axis=2) - here).sum(1).mean()
            size = (1 + 2 * abs(logits).max(2)).sum(1).mean()
            yield self.loss(*close(np.asarray(got), want, case.logits.dtype, size))

    # --- the trained network

    def _judge_says(self, case: Case, *answers: Any) -> Iterator[Finding]:
        parts = []
        for answer, n in zip(answers, (len(case.x), len(case.x), BATCH), strict=False):
            good, got = level_shares(answer, n)
            named = None if good or not got.startswith("sums") else "logits taken for log probabilities"
            wanted = f"a tensor of shape ({n}, 64, 17), of log probabilities that add up to one"
            yield self.sums(good, wanted, got, mistake=named)
            if not good:
                return
            parts.append(values(answer))
        if case.last is not None:
            yield from self._kept_back(case, *parts)

    def _kept_back(self, case: Case, log_p: np.ndarray, changed: np.ndarray, few: np.ndarray) -> Iterator[Finding]:
        same = abs(np.exp(few) - np.exp(log_p[-BATCH:])).max() < SAME
        yield self.alone(same, f"the same among {len(log_p)} and among {BATCH}", "another answer")
        early = np.arange(64) <= case.last.numpy()[:, None] + 1
        apart = abs(np.exp(changed) - np.exp(log_p)).max(2) * early
        n, d = np.unravel_index(np.argmax(apart), apart.shape)
        leaks = apart.max() >= SAME
        wanted = f"pixel {d + 1} of digit {n + 1} as before when pixels from {case.last[n] + 2} on are changed"
        yield self.causal(not leaks, wanted, f"a probability that moves by {apart.max():.2g}", mistake="a leak" if leaks else None)  # fmt: skip
        if not leaks and same:
            yield from self._worth(case, log_p)

    def _worth(self, case: Case, log_p: np.ndarray) -> Iterator[Finding]:
        """Exact nats of a test digit: nothing but a sum of the student's own conditionals."""
        nats = -np.take_along_axis(log_p, case.x.numpy()[..., None], 2)[..., 0].sum(1).mean()
        known = nats < NO_MODEL
        got = f"{nats:.1f} nats per test digit"
        yield self.honest(not known, f"{NO_MODEL:g} nats or more", got, mistake="knows the test digits" if known else None)  # fmt: skip
        if not known:
            most, least = budget((88.0, 83.0), (94.0, 88.0), (INF, INF))
            yield self.low(nats <= most, f"at most {most:g} nats", got)
            yield self.lower(nats <= least, f"at most {least:g} nats", got)

    def _judge_draw(self, case: Case, answer: Any, _: Any = None, log_p: Any = None) -> Iterator[Finding]:
        shape = tuple(case.u.shape)
        levels = has_levels(answer, shape, 17)
        yield self.form(*levels)
        if levels.ok and self.draws in case.about:
            yield self._replayed(exact(case.u), answer.array, log_p)

    def _replayed(self, u: np.ndarray, x: np.ndarray, log_p: Any) -> Finding:
        if not level_shares(log_p, len(x))[0]:
            return self.draws(False, "conditionals of what was drawn", "none")
        p = np.exp(values(log_p))
        low, high = _pieces(x, p)
        bad = np.argwhere(~_holds(u, x, p))
        if not len(bad):
            return self.draws(True)
        n, d = bad[0]
        level = int((u[n, d] >= p[n, d].cumsum()).sum())
        wanted = f"u = {u[n, d]:.4g} at pixel {d + 1} of row {n + 1}: level {level}"
        got = f"{x[n, d]}, which has [{low[n, d]:.4g}, {high[n, d]:.4g})"
        return self.draws(False, wanted, got, mistake=_slip_of_a_draw(u, x, p))

    mistakes = (
        wrong(
            "the upper half",
            _slip(1, MIX, lambda h, W, b: torch.triu(W) @ h + b[:, None]),
            "Places hear of what comes *later*. Row i of W may count up to column i: the lower half.",
            also=(_slip(2, MIX, lambda h, W, b: W @ h + b[:, None]), _slip(3, MIX, lambda h, W, b: torch.tril(W).T @ h + b[:, None])),
        ),
        wrong(
            "strict, though the row has been moved",
            _slip(4, MIX, lambda h, W, b: torch.tril(W, -1) @ h + b[:, None]),
            "W_ii was left out. The row has been moved by one place already: what stands at place i is x_(i − 1), and may be used.",
        ),
        wrong(
            "b along the wrong axis",
            _slip(5, MIX, lambda h, W, b: torch.tril(W) @ h + b.repeat(h.shape[1])[: h.shape[1]]),
            "b has a number for each place, and a place is a row of h: b[:, None], the same in all columns.",
            also=(_slip(6, MIX, lambda h, W, b: torch.tril(W) @ h),),
        ),
        wrong(
            "a mean over the pixels",
            _slip(7, NATS, lambda logits, x: _nats(logits, x) / x.shape[1]),
            "cross_entropy takes the mean over pixels as well. Nats per picture are a sum over its pixels.",
        ),
        wrong(
            "a sum over the batch",
            _slip(8, NATS, lambda logits, x: _nats(logits, x) * x.shape[0]),
            "The nats of all pictures were added up. Over the pixels a sum, over the pictures a mean.",
        ),
        wrong(
            "bits",
            _slip(9, NATS, lambda logits, x: _nats(logits, x) / LOG2),
            "These are bits: the logarithm is to the base 2. Nats take the natural one.",
        ),
        wrong(
            "the sign of log p",
            _slip(10, NATS, lambda logits, x: -_nats(logits, x)),
            "This is the mean of log p. The loss is its negative: whoever makes *this* small makes the data improbable.",
        ),
        wrong(
            "a leak",
            _all(says=_told),
            "A conditional has seen its own pixel, or later ones. Was the net shown shift_right(x, 17), or x itself?",
            also=(_all(says=_ahead),),
        ),
        wrong(
            "knows the test digits",
            _all(says=_by_heart),
            "Nobody reaches this without having seen the test digits. They are kept back: train on the training digits alone.",
        ),
        wrong(
            "logits taken for log probabilities",
            _all(says=lambda x: _alone(x) + 1.0),
            "The 17 numbers of a pixel must be log probabilities: log_softmax over the last axis.",
        ),
        wrong(
            "always the likeliest level",
            _slip(11, DRAW, lambda u: _frequencies().argmax(1).repeat(len(u), 1)),
            "Every row of noise gives the likeliest level at each pixel. A sample takes the level whose piece holds u.",
        ),
        wrong(
            "pieces laid out from 16 down",
            _slip(12, DRAW, lambda u: 16 - (u.float()[:, :, None] >= _frequencies().exp().flip(1).cumsum(1)[:, :-1]).sum(2)),
            "The pieces of [0, 1) are laid out from level 0 up.",
        ),
        wrong(
            "drawn with the noise of another pixel",
            _slip(13, DRAW, lambda u: _drawn(u.flip(1))),
            "Pixel d is drawn with u_d: the noise got to the wrong pixels.",
            also=(_slip(14, DRAW, lambda u: _drawn(u.reshape(-1, 8, 8).transpose(1, 2).reshape(-1, 64))),),
        ),
        wrong(
            "each pixel by itself",
            _all(),
            "This is what the levels' frequencies reach, pixel by pixel, without looking at what came before.",
        ),
    )  # fmt: skip


def _pieces(x: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the pieces of the levels x (N, 64) begin and end, for shares p (N, 64, 17)."""
    high = np.take_along_axis(p.cumsum(2), x[..., None], 2)[..., 0]
    return high - np.take_along_axis(p, x[..., None], 2)[..., 0], high


def _holds(u: np.ndarray, x: np.ndarray, p: np.ndarray) -> np.ndarray:
    low, high = _pieces(x, p)
    return (low - EDGE <= u) & (u <= high + EDGE)


def _slip_of_a_draw(u: np.ndarray, x: np.ndarray, p: np.ndarray) -> str | None:
    """The mistake that explains every pixel that was drawn."""
    down_the_columns = u.reshape(-1, 8, 8).swapaxes(1, 2).reshape(u.shape)
    if (x == p.argmax(2)).all():
        return "always the likeliest level"
    if _holds(u, 16 - x, p[..., ::-1]).all():
        return "pieces laid out from 16 down"
    if any(_holds(other, x, p).all() for other in (u[:, ::-1], down_the_columns)):
        return "drawn with the noise of another pixel"
    return None
