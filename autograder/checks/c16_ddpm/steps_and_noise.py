"""ddpm.steps_and_noise: normal steps back with the moments of a mixture, and where more of them stop helping (long: code and two witnesses)."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, show, values
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import gaussians

MOMENTS, LONGER, FINER = "step_moments", "longer_is_useless", "finer_is_useless"
LITTLE, MUCH = 0.05, 0.5  # shares of what is missed
_BOUNDS = "sigma from 0.05 to 2, T a whole number from 1 to 32"


def _moments(x, before, sigma, weights, means, s, *, var=None, wide=None, shares=None, spread=None, centre=None):
    v, w = (s**2 + before, sigma**2) if var is None else var(s, before, sigma)
    away = x[:, None] - means
    r = (weights.log() - away**2 / (2 * (v + w if wide is None else wide(v, w)))).softmax(1)
    r = r if shares is None else shares(r, weights)
    mu = means + v / (v + w) * away
    mean, c = (r * mu).sum(1), v * w / (v + w)
    which = (r * (mu - mean[:, None]) ** 2).sum(1)
    return (mean if centre is None else centre(x, r, mu)), (c + which if spread is None else spread(c, which, w, mean))


def _slip(**slip: Any) -> dict[str, Callable]:
    return {MOMENTS: lambda x, before, sigma, weights, means, s: _moments(x, before, sigma, weights, means, s, **slip)}


def _parts(place: Place) -> torch.Tensor:
    return place.tensor(0.02 + 0.98 * place.rng.dirichlet(np.ones(place.sizes["K"]))) / (0.02 * place.sizes["K"] + 0.98)


@exercise("ddpm.steps_and_noise", (MOMENTS, LONGER, FINER))
class StepsAndNoise(Exercise):
    """E and Var of x_{t−1} given x_t for a mixture; (sigma, T) where longer is useless, and where finer is."""

    form = gate("the moments are two tensors of the shape of x, a witness is a pair (sigma, T) within its bounds")
    mean = pays("the mean of the step is that of Bayes' rule over all hills", 1)
    variance = pays("the variance of the step has both parts: within a hill, and for the doubt which hill it is", 1)
    longer = pays("at your first pair twice the steps hardly help, and finer ones do", 1)
    finer = pays("at your second pair finer steps hardly help, and twice as many do", 1)

    hints = (
        "x[:, None] − means is (N, K). For which variance does a hill see x_t: that of time t − 1, or one step more?",
        "Total variance: the mean of the variances plus the variance of the means. For x = 0 in the text: 0.0826 + 0.8417.",
        "Longer is useless where nothing is wrong with the start: is the variance T sigma² large or small there? Then "
        "make the steps coarse. For the other witness turn both round.",
    )

    domain = {
        MOMENTS: Domain(
            {
                "x": Tensor("N", Reals(reach=(1e-3, 10)), says=("also far from all hills",)),
                "before": Number(Reals(0, math.inf, "[)", reach=(1e-2, 30)), says=("the variance (t - 1) sigma²",)),
                "sigma": Number(Reals(0.05, 3, "[]")),
                "weights": Made(_parts, says=("(K,), > 0, of sum 1",)),
                "means": Tensor("K", Reals(reach=(1e-3, 3))),
                "s": Number(Reals(0.1, 2, "[]")),
            },
            sizes={"N": (1, 5), "K": (1, 4)},
            returns=(Like("x"), Like("x")),
            most=20,
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        one = torch.tensor([-1.0, 1.0], dtype=torch.float64)
        yield self._case(torch.zeros(1, dtype=torch.float64), 0.0, 1.0, abs(one) / 2, one, 0.3)
        yield self._case(40 * one, 0.0, 0.3, abs(one) / 2, one, 0.3)  # so far out that every density is 0
        for dtype, device in arithmetic():
            for K in (2, 3):
                weights = floats(rng.dirichlet(np.full(K, 3.0)), dtype, device)
                x, means = normal(rng, (4,), dtype, device), floats(1.5 * rng.normal(size=K), dtype, device)
                before, s = float(rng.uniform(0.1, 1)), float(rng.uniform(0.2, 0.6))
                yield self._case(x, before, float(rng.uniform(0.4, 0.9)), weights, means, s)
                yield self._case(x, before, float(rng.uniform(1.2, 2)), weights, means, s)
        for name, law in ((LONGER, self.longer), (FINER, self.finer)):
            yield case(call(name), about=(self.form, law), name=name, law=law)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(**given)

    def _case(self, x, before, sigma, weights, means, s) -> Case:
        ask = call(MOMENTS, x, before, sigma, weights, means, s)
        hills = {"before": before, "sigma": sigma, "weights": exact(weights), "means": exact(means), "s": s}
        return case(ask, about=(self.form, self.mean, self.variance), name=MOMENTS, x=x, hills=hills)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from (self._judge_moments if case.name == MOMENTS else self._judge_pair)(case, answer)

    def _judge_moments(self, case: Case, answer: Any) -> Iterator[Finding]:
        pair = isinstance(answer, (tuple, list)) and len(answer) == 2
        good = pair and all(has_shape(part, tuple(case.x.shape), case.x).ok for part in answer)
        yield self.form(good, f"a pair of tensors of shape {tuple(case.x.shape)}", kind_of(answer))
        if not good:
            return
        x, dtype = exact(case.x), case.x.dtype
        rows = np.array([_quadrature(float(v), **case.hills) for v in x])
        blur, size = _sizes(x, **case.hills)
        yield self.mean(*close(answer[0], rows[:, 0], dtype, size * (1 + blur)))
        yield self.variance(*close(answer[1], rows[:, 1], dtype, case.hills["sigma"] ** 2 + size**2 * (1 + blur)))

    def _judge_pair(self, case: Case, answer: Any) -> Iterator[Finding]:
        pair = _pair(answer)
        yield self.form(pair is not None, f"(sigma, T): {_BOUNDS}", show(answer))
        if pair is None:
            return
        sigma, T = pair
        now = missed(sigma, T)
        longer, finer = 1 - missed(sigma, 2 * T) / now, 1 - missed(sigma / 2, 4 * T) / now
        useless, useful = (longer, finer) if case.law is self.longer else (finer, longer)
        words = ("longer", "finer") if case.law is self.longer else ("finer", "longer")
        ok = useless < LITTLE and useful > MUCH
        yield case.law(
            ok,
            f"{words[0]} takes away less than 5 %, {words[1]} more than 50 %",
            f"{words[0]} takes away {100 * useless:.3g} %, {words[1]} {100 * useful:.3g} %",
            mistake=None if ok else _named(useless, useful),
        )

    mistakes = (
        wrong(
            "the doubt forgotten",
            _slip(spread=lambda c, which, w, mean: c + 0 * which),
            "The variance within a hill is there; that of the means μ_k, the doubt which hill it was, is missing.",
        ),
        wrong(
            "the forward variance",
            _slip(spread=lambda c, which, w, mean: w + 0 * which),
            "sigma² is the variance of a step of noising. Going back, x_t and the hills tell more than that, or less.",
        ),
        wrong(
            "the weights before looking",
            _slip(shares=lambda r, weights: weights.expand_as(r)),
            "The hills got the shares that they have before x_t is seen.",
        ),
        wrong(
            "the weights forgotten",
            _slip(shares=lambda r, weights: (r / weights) / (r / weights).sum(1, keepdim=True)),
            "All hills count as equally heavy. Bayes' rule has the weight of a hill before its density.",
        ),
        wrong(
            "a density without this step's noise",
            _slip(wide=lambda v, w: v),
            "A hill at time t − 1 has variance v, but x_t has one step more of noise: v + sigma².",
            also=(_slip(wide=lambda v, w: w),),
        ),
        wrong(
            "the noise before forgotten",
            _slip(var=lambda s, before, sigma: (s**2, sigma**2)),
            "The hills have kept their first width here. By time t − 1 they have gained the variance `before`.",
            also=(_slip(var=lambda s, before, sigma: (s**2 + before + sigma**2, sigma**2)),),
        ),
        wrong(
            "standard deviations",
            _slip(var=lambda s, before, sigma: (s + before, sigma)),
            "s and sigma are standard deviations: their squares are the variances that add.",
            also=(
                _slip(var=lambda s, before, sigma: (s + before, sigma**2)),
                _slip(var=lambda s, before, sigma: (s**2 + before, sigma)),
                _slip(spread=lambda c, which, w, mean: (c + which) ** 0.5),
            ),
        ),
        wrong(
            "the second moment",
            _slip(spread=lambda c, which, w, mean: c + which + mean**2),
            "The squares of the μ_k were averaged; the square of the mean has to be taken off.",
        ),
        wrong(
            "no pull",
            _slip(centre=lambda x, r, mu: x + 0 * mu[:, 0]),
            "The mean is x_t itself: the step back has to be drawn towards the hills.",
        ),
        wrong(
            "the likeliest hill",
            _slip(centre=lambda x, r, mu: mu.gather(1, r.argmax(1, keepdim=True))[:, 0]),
            "The mean is that of the likeliest hill alone. Every hill counts with its share.",
        ),
        wrong(
            "the other way round",
            {LONGER: lambda: (0.15, 32), FINER: lambda: (0.7, 32)},
            "At this pair it is just the other thing that is useless.",
        ),
        wrong(
            "both still help",
            {LONGER: lambda: (0.5, 4), FINER: lambda: (0.5, 4)},
            "At this pair both help: start and steps are about equally wrong. Go far to one side.",
            also=({LONGER: lambda: (1.0, 2), FINER: lambda: (0.25, 16)},),
        ),
        wrong(
            "both are useless",
            {LONGER: lambda: (2.0, 32), FINER: lambda: (2.0, 32)},
            "What should help does not take away half: the steps, or the start, are still too far off even after it.",
        ),
    )


def _named(useless: float, useful: float) -> str:
    if useless > MUCH and useful < LITTLE:
        return "the other way round"
    return "both still help" if useless >= LITTLE else "both are useless"


def _pair(answer: Any) -> tuple[float, int] | None:
    """(sigma, T) within the bounds, or None."""
    found = values(answer)
    if found is None or found.shape != (2,) or not np.isfinite(found).all():
        return None
    sigma, T = map(float, found)
    return (sigma, int(T)) if 0.05 <= sigma <= 2 and 1 <= T <= 32 and int(T) == T else None


# --- the oracles: Bayes' rule on a grid, and the chain by Tweedie's formulas ---------------------------------------


def _quadrature(x: float, before: float, sigma: float, weights: np.ndarray, means: np.ndarray, s: float):
    """Mean and variance of q(z) N(x; z, sigma²) over z, by sums: both factors are smooth, so the sums are exact."""
    wide = math.sqrt(s**2 + before)
    far, least = 9 * min(sigma, wide), min(sigma, wide) / math.sqrt(2)
    low, high = min(x, means.min()) - far, max(x, means.max()) + far
    z = np.linspace(low, high, max(int((high - low) / (0.4 * least)), 2))
    hills = np.log(weights) + gaussians.log_normal(z[:, None], means, wide**2)
    log_p = np.logaddexp.reduce(hills, axis=1) + gaussians.log_normal(x, z, sigma**2)
    p = np.exp(log_p - log_p.max())
    p /= p.sum()
    return round(p @ z, 14), p @ (z - p @ z) ** 2  # a sum over both sides of 0 is 0, and is shown as such


def _sizes(x: np.ndarray, before: float, sigma: float, weights: np.ndarray, means: np.ndarray, s: float):
    """How blurred the shares are by the rounding of their exponents, and how large mean and deviation may be."""
    v = s**2 + before + sigma**2
    exponent = (abs(x[:, None]) + abs(means)) ** 2 / (2 * v) - np.log(weights)
    log_r = np.log(weights) - (x[:, None] - means) ** 2 / (2 * v)
    r = np.exp(log_r - np.logaddexp.reduce(log_r, axis=1, keepdims=True))
    return (r * exponent).sum(1) * 2 + (r * exponent).max(1), abs(x) + abs(means).max() + sigma


_WEIGHTS, _MEANS, _WIDTH = np.array([1 / 3, 2 / 3]), np.array([-1.0, 1.0]), 0.3


@functools.lru_cache(maxsize=256)
def missed(sigma: float, T: int) -> float:
    """KL(data ‖ end of the chain) for the hills of the text, everything on grids of 301 points."""
    V = T * sigma**2
    x = _grid(V)
    p = np.exp(gaussians.log_normal(x, 0.0, V))
    for t in range(T, 0, -1):
        mean, variance = _tweedie(x, t * sigma**2, sigma)
        y = _grid((t - 1) * sigma**2)
        p = np.exp(gaussians.log_normal(y[:, None], mean, variance)) @ p * (x[1] - x[0])
        x = y
    log_q = np.logaddexp.reduce(np.log(_WEIGHTS) + gaussians.log_normal(x[:, None], _MEANS, _WIDTH**2), axis=1)
    return float(np.exp(log_q) @ (log_q - np.log(np.maximum(p, 1e-300))) * (x[1] - x[0]))


def _grid(added: float) -> np.ndarray:
    reach = 1.8 + 6 * math.sqrt(_WIDTH**2 + added)
    return np.linspace(-reach, reach, 301)


def _tweedie(x: np.ndarray, added: float, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """x + sigma² ∂ log q and sigma² + sigma⁴ ∂² log q, where q is the density of x_t."""
    v = _WIDTH**2 + added
    log_r = np.log(_WEIGHTS) - (x[:, None] - _MEANS) ** 2 / (2 * v)
    r = np.exp(log_r - np.logaddexp.reduce(log_r, axis=1, keepdims=True))
    slopes = (_MEANS - x[:, None]) / v
    slope = (r * slopes).sum(1)
    bend = (r * (slopes**2 - 1 / v)).sum(1) - slope**2
    return x + sigma**2 * slope, sigma**2 + sigma**4 * bend
