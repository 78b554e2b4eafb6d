"""kl.forward_reverse (long: three functions, each with the slips that students make in it).

One normal on two hills, by KL(p ‖ q) and by KL(q ‖ p).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from scipy import special

from autograder.judging.compare import arithmetic, close, exact, is_number, near, number, show, values
from autograder.judging.domain import Domain, Made, Number, Place, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.judging.parts import has_parts, parts_of

NODES = np.linspace(-12, 12, 4801)  # in units of q's width: the trapezium rule is exact to all digits for a normal
MASS = np.exp(-0.5 * NODES**2) / np.exp(-0.5 * NODES**2).sum()
FLAT = 0.01  # a slope in nats per unit of mu or of log sigma that counts as none
LOG_2PI = math.log(2 * math.pi)


def _weights(place: Place) -> torch.Tensor:
    return place.tensor(place.rng.dirichlet(np.full(place.sizes["K"], 2.0)) * 0.9 + 0.1 / place.sizes["K"])


_HILLS = {
    "weights": Made(_weights, (), ("(K,)", "positive", "their sum is 1")),
    "mus": Tensor("K", Reals(reach=(1e-2, 20))),
    "sigmas": Tensor("K", Reals(0, math.inf, reach=(0.1, 10))),
}


@exercise("kl.forward_reverse", ("forward_fit", "reverse_kl", "reverse_minima"), kind="witness")
class ForwardReverse(Exercise):
    """argmin KL(p ‖ q) has the moments of p; KL(q ‖ p) of a normal q has three minima once the hills are far apart."""

    parts = gate("forward_fit returns a dict of the numbers mu and sigma")
    one = gate("reverse_kl returns one number")
    three = gate("reverse_minima returns three pairs (mu, sigma), sigma > 0, the mus at least 1 apart")
    moments = pays("the forward fit has the mean of the mixture and its whole variance", 1)
    reverse = pays("the reverse divergence is the mean of log q − log p under q, to a thousandth", 1)
    far = pays("it is finite and right where q lies far from every hill", 0.5)
    minima = pays("at each of the three points the reverse divergence is lower than all around", 1.5)

    apart = True
    domain = {
        "forward_fit": Domain(_HILLS, sizes={"K": (1, 4)}),
        "reverse_kl": Domain(
            {
                "mu": Tensor("", Reals(reach=(1e-2, 30)), ("without axes",)),
                "sigma": Tensor("", Reals(0, math.inf, reach=(0.1, 10)), ("without axes",)),
                **_HILLS,
            },
            sizes={"K": (1, 4)},
        ),
        "reverse_minima": Domain({"m": Number(Reals(3, 6, "[]"))}, draws=1, most=2),
    }  # fmt: skip

    hints = (
        "The variance of a mixture has two parts: the mean of the variances, and the variance of the means.",
        "Put a fine grid of x around mu, as wide as some sigmas, with the weights of q; log p by logsumexp over the hills.",
        "Minimise your reverse_kl from three starts: one on each hill, and one in the middle that is wide enough to reach both.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        half, hills = torch.tensor([0.5, 0.5], dtype=torch.float64), torch.tensor([-2.0, 2.0], dtype=torch.float64)
        one = torch.ones(2, dtype=torch.float64)
        yield self.case_of("forward_fit", {"weights": half, "mus": hills, "sigmas": one})
        number = torch.tensor(2.0, dtype=torch.float64)
        yield self.case_of(
            "reverse_kl", {"mu": number, "sigma": number / 2, "weights": half, "mus": hills, "sigmas": one}
        )
        for m in (4.0, float(rng.uniform(3, 6))):
            yield self.case_of("reverse_minima", {"m": m})
        for dtype, device in arithmetic():
            for K in (2, 3, 1):
                weights = floats(rng.dirichlet(np.full(K, 2.0)) * 0.9 + 0.1 / K, dtype, device)
                hills = {"weights": weights, "mus": floats(3 * rng.normal(size=K), dtype, device),
                         "sigmas": floats(np.exp(rng.uniform(-0.7, 0.7, size=K)), dtype, device)}  # fmt: skip
                yield self.case_of("forward_fit", hills)
                for mu in (rng.normal() * 2, float(rng.choice([-1, 1])) * rng.uniform(45, 60)):
                    q = {"mu": floats(mu, dtype, device), "sigma": floats(rng.uniform(0.4, 2), dtype, device)}
                    yield self.case_of("reverse_kl", {**q, **hills})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        distant = name == "reverse_kl" and abs(float(given["mu"])) > 25
        laws = {
            "forward_fit": (self.parts, self.moments),
            "reverse_kl": (self.one, self.far if distant else self.reverse),
            "reverse_minima": (self.three, self.minima),
        }
        return case(call(name, *given.values()), about=laws[name], **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer)

    def _judge_forward_fit(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_parts(answer, ("mu", "sigma"))
        yield self.parts(*shape)
        if shape.ok:
            w, mus, sigmas = exact(case.weights), exact(case.mus), exact(case.sigmas)
            mean = float(w @ mus) / w.sum()
            gaps = mus[:, None] - mus[None]  # the variance of the means is half the mean of their squared gaps
            variance = float(w @ sigmas**2) / w.sum() + float(w @ gaps**2 @ w) / 2 / w.sum() ** 2
            far = float(abs(mus).max() + sigmas.max())
            wanted = np.array([mean, math.sqrt(variance)])
            got = np.array(list(parts_of({key: answer[key] for key in ("mu", "sigma")}, ("mu", "sigma")).values()))
            yield self.moments(*close(got, wanted, case.mus.dtype, np.array([far, far**2 / math.sqrt(variance)])))

    def _judge_reverse_kl(self, case: Case, answer: Any) -> Iterator[Finding]:
        one = is_number(answer)
        yield self.one(*one)
        if one.ok:
            target = exact(case.weights), exact(case.mus), exact(case.sigmas)
            yield case.about[1](*near(number(answer), _reverse(float(case.mu), float(case.sigma), *target), 1e-3))

    def _judge_reverse_minima(self, case: Case, answer: Any) -> Iterator[Finding]:
        rows = answer if isinstance(answer, (tuple, list)) else values(answer)
        points = [values(row) for row in rows] if rows is not None and np.iterable(rows) else []
        good = len(points) == 3 and all(
            p is not None and p.shape == (2,) and np.isfinite(p).all() and p[1] > 0 for p in points
        )
        mus = sorted(float(p[0]) for p in points) if good else []
        good = good and min(np.diff(mus)) >= 1
        yield self.three(good, "three pairs (mu, sigma), the mus at least 1 apart", show(answer))
        if good:
            target = np.array([0.5, 0.5]), np.array([-case.m, case.m]), np.ones(2)
            slopes = [_slopes(*map(float, p), *target) for p in points]
            steep = max(abs(slopes).max() for slopes in slopes)
            lowest = all(_is_low(*map(float, p), *target) for p in points)
            got = f"slopes up to {steep:.3g}" if steep > FLAT else "a point with lower ones beside it"
            yield self.minima(steep <= FLAT and lowest, f"slopes below {FLAT}, higher all around", got)

    mistakes = (
        wrong(
            "reverse called MLE",
            {"forward_fit": lambda weights, mus, sigmas: {"mu": mus[weights.argmax()], "sigma": sigmas[weights.argmax()]}},
            "That sits on one hill, as the reverse divergence likes it. Forward, as in maximum likelihood, all of the data must be covered.",
        ),
        wrong(
            "the spread of the means is forgotten",
            {"forward_fit": lambda weights, mus, sigmas: {"mu": weights @ mus, "sigma": (weights @ sigmas**2).sqrt()}},
            "That is the mean of the variances. The hills stand apart, too: the variance of their means comes on top.",
        ),
        wrong(
            "only the spread of the means",
            {"forward_fit": lambda weights, mus, sigmas: {"mu": weights @ mus, "sigma": (weights @ (mus - weights @ mus) ** 2).sqrt()}},
            "Each hill has a width of its own: the mean of their variances comes on top.",
        ),
        wrong(
            "weights ignored",
            {"forward_fit": lambda weights, mus, sigmas: {"mu": mus.mean(), "sigma": ((sigmas**2).mean() + mus.var(correction=0)).sqrt()}},
            "A hill counts by its weight, in the mean and in the variance.",
        ),
        wrong(
            "the variance for sigma",
            {"forward_fit": lambda weights, mus, sigmas: {"mu": weights @ mus, "sigma": weights @ sigmas**2 + weights @ (mus - weights @ mus) ** 2}},
            "sigma is the root of the variance.",
        ),
        wrong(
            "the forward divergence",
            {"reverse_kl": lambda mu, sigma, weights, mus, sigmas: _forward(mu, sigma, weights, mus, sigmas)},
            "This averages log p − log q under p. Reverse, the average is taken under q, of log q − log p.",
        ),
        wrong(
            "the cross-entropy alone",
            {"reverse_kl": lambda mu, sigma, weights, mus, sigmas: _on_grid(mu, sigma, weights, mus, sigmas, entropy=0.0)},
            "E_q[−log p] is the cross-entropy. The entropy of q has to come off.",
        ),
        wrong(
            "the sign turned round",
            {"reverse_kl": lambda mu, sigma, weights, mus, sigmas: -_on_grid(mu, sigma, weights, mus, sigmas)},
            "A divergence is never negative: log q − log p, in this order.",
        ),
        wrong(
            "a mixture of logs",
            {"reverse_kl": lambda mu, sigma, weights, mus, sigmas: _on_grid(mu, sigma, weights, mus, sigmas, mixed=True)},
            "log p is the logarithm of the sum of the hills, and not the sum of their logarithms.",
        ),
        wrong(
            "p underflows",
            {"reverse_kl": lambda mu, sigma, weights, mus, sigmas: _on_grid(mu, sigma, weights, mus, sigmas, plain=True)},
            "Far from every hill p is 0 in floats, and its logarithm −∞. Stay in log space: logsumexp over the hills.",
        ),
        wrong(
            "the forward fit in the middle",
            {"reverse_minima": lambda m: [(-m, 1.0), (0.0, math.sqrt(1 + m**2)), (m, 1.0)]},
            "The point in the middle is narrower than the forward fit: reverse, q pays for every place where p is low.",
        ),
        wrong(
            "all three on one curve",
            {"reverse_minima": lambda m: [(-m, 1.0), (0.0, 1.0), (m, 1.0)]},
            "In the middle a q of the hills' own width sits in the valley: its sigma is larger.",
        ),
        wrong(
            "the mean not taken off",
            {"forward_fit": lambda weights, mus, sigmas: {"mu": weights @ mus, "sigma": (weights @ (sigmas**2 + mus**2)).sqrt()}},
            "This is the second moment about 0. The variance is about mu: (mus − mu)², or take mu² off.",
        ),
        wrong(
            "the mean of the sigmas",
            {"forward_fit": lambda weights, mus, sigmas: {"mu": weights @ mus, "sigma": ((weights @ sigmas) ** 2 + weights @ (mus - weights @ mus) ** 2).sqrt()}},
            "It is variances that are averaged: the mean of sigma², and not the square of the mean sigma.",
        ),
        wrong(
            "a sum of independent variables",
            {"forward_fit": lambda weights, mus, sigmas: {"mu": weights @ mus, "sigma": (weights**2 @ sigmas**2).sqrt()}},
            "That is the width of a weighted sum of draws, one from each hill. A draw of a mixture comes from one hill.",
        ),
        wrong(
            "bits for nats",
            {"reverse_kl": lambda mu, sigma, weights, mus, sigmas: _on_grid(mu, sigma, weights, mus, sigmas) / math.log(2)},
            "In nats nothing is divided by log 2.",
        ),
        wrong(
            "the entropy with the wrong sign",
            {"reverse_kl": lambda mu, sigma, weights, mus, sigmas: _on_grid(mu, sigma, weights, mus, sigmas, entropy=-1.0)},
            "E_q[log q] is minus the entropy of q: −log σ − ½ log 2π − ½.",
        ),
        wrong(
            "an entropy without its half",
            {"reverse_kl": lambda mu, sigma, weights, mus, sigmas: _on_grid(mu, sigma, weights, mus, sigmas) + 0.5},
            "E_q[log q] has three terms: −log σ − ½ log 2π − ½. The last is the mean of −t²/2.",
            also=({"reverse_kl": lambda mu, sigma, weights, mus, sigmas: _on_grid(mu, sigma, weights, mus, sigmas) + 0.5 * LOG_2PI},),
        ),
        wrong(
            "a tiny number inside the logarithm",
            {"reverse_kl": lambda mu, sigma, weights, mus, sigmas: _on_grid(mu, sigma, weights, mus, sigmas, plain=True, tiny=1e-12)},
            "Far from every hill p is smaller than any number that one might add: stay in log space, logsumexp over the hills.",
        ),
        wrong(
            "a grid too narrow",
            {"reverse_kl": lambda mu, sigma, weights, mus, sigmas: _on_grid(mu, sigma, weights, mus, sigmas, reach=3.0)},
            "Beyond three widths q still has 0.3 % of its mass, and log p may be large there: go to 8.",
            also=({"reverse_kl": lambda mu, sigma, weights, mus, sigmas: _on_grid(mu, sigma, weights, mus, sigmas, reach=2.0)},),
        ),
        wrong(
            "a grid that stays where it is",
            {"reverse_kl": lambda mu, sigma, weights, mus, sigmas: _on_the_line(mu, sigma, weights, mus, sigmas)},
            "A fixed grid misses a q that lies beside it or is wider: put it around mu, in units of sigma.",
        ),
    )  # fmt: skip


def _log_p(x: torch.Tensor, weights: torch.Tensor, mus: torch.Tensor, sigmas: torch.Tensor) -> torch.Tensor:
    """Each weighted hill at each x, (N, K)."""
    return weights.log() - 0.5 * ((x[:, None] - mus) / sigmas) ** 2 - sigmas.log() - 0.5 * LOG_2PI


def _on_grid(
    mu, sigma, weights, mus, sigmas, entropy: float = 1.0, mixed: bool = False, plain: bool = False,
    tiny: float = 0.0, reach: float = 8.0,
) -> torch.Tensor:  # fmt: skip
    t = torch.linspace(-reach, reach, 2001, dtype=mu.dtype, device=mu.device)
    q = torch.softmax(-0.5 * t**2, 0)
    hills = _log_p(mu + sigma * t, weights, mus, sigmas)
    log_p = (
        (weights * (hills - weights.log())).sum(1)
        if mixed
        else (hills.exp().sum(1) + tiny).log()
        if plain
        else hills.logsumexp(1)
    )
    return -(q * log_p).sum() - entropy * (sigma.log() + 0.5 * LOG_2PI + 0.5)


def _on_the_line(mu, sigma, weights, mus, sigmas, end: float = 10.0) -> torch.Tensor:
    x = torch.linspace(-end, end, 20001, dtype=mu.dtype, device=mu.device)
    log_q = -0.5 * ((x - mu) / sigma) ** 2 - sigma.log() - 0.5 * LOG_2PI
    log_p = _log_p(x, weights, mus, sigmas).logsumexp(1)
    return (log_q.exp() * (log_q - log_p)).sum() * (2 * end / 20000)


def _forward(mu, sigma, weights, mus, sigmas) -> torch.Tensor:
    """KL(p ‖ q), by the same grid under each hill."""
    t = torch.linspace(-8, 8, 2001, dtype=mu.dtype, device=mu.device)
    share, total = torch.softmax(-0.5 * t**2, 0), 0.0
    for w, m, s in zip(weights, mus, sigmas, strict=True):
        x = m + s * t
        log_q = -0.5 * ((x - mu) / sigma) ** 2 - sigma.log() - 0.5 * LOG_2PI
        total = total + w * (share * (_log_p(x, weights, mus, sigmas).logsumexp(1) - log_q)).sum()
    return total


# --- the oracle ------------------------------------------------------------------------------------------------

Hills = np.ndarray


def _reverse(mu: float, sigma: float, weights: Hills, mus: Hills, sigmas: Hills) -> float:
    x = (mu + sigma * NODES)[:, None]
    log_p = special.logsumexp(-0.5 * ((x - mus) / sigmas) ** 2 - 0.5 * LOG_2PI, b=weights / sigmas, axis=1)
    return float(MASS @ (-0.5 * (NODES**2 + LOG_2PI) - math.log(sigma) - log_p))


def _slopes(mu: float, sigma: float, weights: Hills, mus: Hills, sigmas: Hills) -> np.ndarray:
    """By mu and by log sigma, from the derivative of log p."""
    x = (mu + sigma * NODES)[:, None]
    share = special.softmax(np.log(weights / sigmas) - 0.5 * ((x - mus) / sigmas) ** 2, axis=1)
    score = (share * (mus - x) / sigmas**2).sum(1)
    return np.array([-MASS @ score, -1 - MASS @ (sigma * NODES * score)])


def _is_low(mu: float, sigma: float, *target: Hills) -> bool:
    """Whether all eight points around it, a twentieth away, are higher."""
    here, steps = _reverse(mu, sigma, *target), (-0.05, 0.0, 0.05)
    around = [_reverse(mu + sigma * a, sigma * math.exp(b), *target) for a in steps for b in steps if a or b]
    return min(around) > here
