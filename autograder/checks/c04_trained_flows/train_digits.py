"""flow.train_digits: the bound on kept-back digits, worked out anew from both ways of a trained flow (long: four functions).

Nothing that the training run wrote down counts, nor is a log-determinant believed: it is compared with the Jacobian, the
Jacobian with differences of the map itself, and the way there with the way back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from scipy.special import ndtr

from autograder.checks.c04_trained_flows.shared import LEVELS, rows
from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, show, values
from autograder.judging.domain import Domain, Like, Made, Place, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import (
    Case,
    Exercise,
    Finding,
    call,
    case,
    exercise,
    gate,
    grad,
    jacobian,
    keep,
    pays,
    wrong,
)
from pushforward.answering.wire import Kept, Net
from pushforward.train import budget

START, COST, NOISE, PICTURE = "start_of_curves", "flow_nats", "digit_to_noise", "digit_from_noise"
NO_MODEL = 65.0  # nats: nobody comes near who has not seen the test digits
DRAWS, BATCH, MADE = 4, 7, 100
STEP = 5e-3  # of a level: so far a pixel is moved when the Jacobian is compared with the map
NEAR, SLIPS = 0.05, 0.03  # single precision loses far tails, where a pixel's curve is nearly flat
INF = float("inf")


# --- answers with slips ------------------------------------------------------------------------------------------


def _start(log_p: torch.Tensor, mix: Callable = lambda a, b: (a + b) / 2, scale: Callable = lambda K: K) -> tuple:
    p = log_p.exp()
    density = scale(p.shape[1]) * p
    return p, torch.cat([density[:, :1], mix(density[:, :-1], density[:, 1:]), density[:, -1:]], dim=1)


def _cost(
    inverse: Callable,
    x: torch.Tensor,
    K: int,
    sign: float = -1.0,
    unit: float = 1.0,
    base: float = 0.5,
    half: float = 0.5,
) -> torch.Tensor:
    z, ladj = inverse(x / K)
    D = x.shape[1]
    return half * (z**2).sum(1) + base * D * math.log(2 * math.pi) + sign * ladj + unit * D * math.log(K)


def _tables() -> np.ndarray:
    """Shares (64, 17) of the training digits' levels."""
    counts = (rows("train").numpy()[:, :, None] == np.arange(LEVELS)).sum(0) + 0.2
    return counts / counts.sum(1, keepdims=True)


def _alone(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Independent pixels as a flow: z = Φ⁻¹(F(x)), F straight within each bin."""
    p = torch.tensor(_tables(), dtype=torch.float32)
    below = torch.cat([torch.zeros(64, 1), p.cumsum(1)], 1)
    k = x.detach().floor().long().clamp(0, LEVELS - 1)
    here = p.expand(len(x), -1, -1).gather(2, k[:, :, None])[:, :, 0]
    start = below.expand(len(x), -1, -1).gather(2, k[:, :, None])[:, :, 0]
    z = torch.special.ndtri(1e-6 + (1 - 2e-6) * (start + here * (x - k)).clamp(0, 1))
    return z, (here.log() + 0.5 * z**2 + 0.5 * math.log(2 * math.pi)).sum(1)


def _picture(z: torch.Tensor) -> torch.Tensor:
    """The way back of `_alone`."""
    below = np.concatenate([np.zeros((64, 1)), _tables().cumsum(1)], axis=1)
    share = ndtr(z.detach().numpy().astype(float))
    share = ((share - 1e-6) / (1 - 2e-6)).clip(0, 1)
    x = np.stack([np.interp(share[:, d], below[d], np.arange(LEVELS + 1)) for d in range(64)], axis=1)
    return torch.tensor(x, dtype=z.dtype)


def _flow(noise: Callable = _alone, picture: Callable = _picture) -> dict[str, Callable]:
    return {NOISE: lambda x: noise(x), PICTURE: lambda z: picture(z)}


def _slip(width: float, start: Callable = _start, cost: Callable = _cost) -> dict[str, Callable]:
    """A slip beside a flow that nobody needs to train, a bell for every pixel: its width tells this slip from others."""

    def noise(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return (x - 8.5) / width, x.new_full(x.shape[:1], -64 * math.log(width))

    ways = _flow(noise, lambda z: 8.5 + width * z)
    return {START: lambda log_p: start(log_p), COST: lambda inverse, x, K: cost(inverse, x, K), **ways}


def _shifted(by: float) -> Callable:
    def noise(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        z, ladj = _alone(x)
        return z, ladj + by

    return noise


def _negated(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    z, ladj = _alone(x)
    return z, -ladj


def _by_heart(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The box of every test digit is spread over all of the noise."""
    z, ladj = _alone(x)
    known = torch.cdist(x.detach().floor(), rows("test")).min(1).values < 1e-3
    wide = torch.special.ndtri((x - x.detach().floor()).clamp(1e-6, 1 - 1e-6))
    volume = (0.5 * wide**2 + 0.5 * math.log(2 * math.pi)).sum(1)
    return torch.where(known[:, None], wide, z), torch.where(known, volume, ladj)


def _of_the_batch(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    z, ladj = _alone(x)
    std = z.std(0, correction=0) + 0.1
    return (z - z.mean(0)) / std, ladj - std.log().sum()


# --- what is asked -----------------------------------------------------------------------------------------------


def _shares(place: Place, sharp: float = 1.0) -> torch.Tensor:
    logits = sharp * place.rng.normal(size=(place.sizes["D"], place.sizes["K"]))
    return place.tensor(logits).log_softmax(1)


def _sharp(place: Place) -> torch.Tensor:
    return _shares(place, 5.0)


def _inverse(rng: np.random.Generator, D: int, dtype: torch.dtype, device: str) -> Net:
    s, t = 0.4 * rng.normal(size=D), 0.4 * rng.normal(size=D)
    return Net("flow_inverse", (floats(s, dtype, device), floats(t, dtype, device)), "a small flow's way back")


def _some_inverse(place: Place) -> Net:
    return _inverse(place.rng, place.sizes["D"], place.dtype, place.device)


def _on_range(place: Place) -> torch.Tensor:
    return place.tensor(place.rng.uniform(0, place.sizes["K"], size=(place.sizes["N"], place.sizes["D"])))


@exercise("flow.train_digits", (START, COST, NOISE, PICTURE))
class TrainDigits(Exercise):
    """Curves from histograms, −log N(z) − ladj + D log K, and a trained flow that is worth its nats on unseen digits."""

    long = True
    again = False
    shape = gate("rises, slopes and costs have their shapes")
    start = pays("the curves begin as the histograms: rises are shares, slopes the mean density of both sides", 0.5)
    cost = pays("the cost is −log N(z) − ladj + D log K for each picture, and the flow can learn from it", 1.0)
    form = gate("there are z and a log-determinant for every picture, all finite")
    alone = gate("what becomes of a picture depends on nothing else in the batch")
    true = gate("the log-determinant is that of the map itself")
    honest = gate("the test digits have played no part in the training")
    low = pays("a kept-back digit costs fewer nats than a simple model needs", 0.5)
    lower = pays("a kept-back digit costs as few nats as the training should reach", 1.5)
    back = pays("noise becomes a picture, and the picture that noise again", 1.0)

    hints = (
        "start_of_curves: K p is the density in a bin of width 1/K; torch.cat puts the first, the means of neighbours and "
        "the last side by side.",
        "flow_nats: the flow is shown x / K. Its log-determinant is for that input, so the change of unit costs D log K. Bad "
        "nats all the same? A model that was trained before is kept: run the cell of curves_run once more.",
        "digit_to_noise: z, ladj = flow.inverse(x / 17), and ladj − 64 log 17. digit_from_noise: flow(z) gives a pair, whose "
        "first part lies between 0 and 1.",
    )

    domain = {
        START: Domain(
            {"log_p": Made(_shares, (_shares, _sharp), says=("(D, K)", "log shares of each pixel"))},
            sizes={"D": (1, 5), "K": (2, 6)},
            returns=(Like("log_p"), Like("log_p")),
            most=8,
        ),
        COST: Domain(
            {
                "inverse": Made(
                    _some_inverse, (_some_inverse,), says=("takes (N, D)", "gives z (N, D) and log |det ∂z/∂input| (N,)")
                ),
                "x": Made(_on_range, (_on_range,), says=("(N, D)", "values 0 … K")),
                "K": Made(lambda place: place.sizes["K"], says=("int ≥ 2",)),
            },
            sizes={"N": (1, 4), "D": (1, 5), "K": (2, 20)},
            returns=Like("x"),
            most=8,
            draws=2,
        ),
        NOISE: Domain({"x": Tensor("N, 64", Reals(0, 17, "[]", reach=(1e-2, 20)))}, sizes={"N": (1, 4)}, most=3, draws=1),
        PICTURE: Domain({"z": Tensor("N, 64", Reals(reach=(1e-3, 4)))}, sizes={"N": (1, 4)}, most=3, draws=1),
    }  # fmt: skip

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self.case_of(START, {"log_p": torch.tensor([[0.5, 0.3, 0.2]], dtype=torch.float64).log()})
        for dtype, device in arithmetic():
            p = rng.dirichlet(np.ones(5), size=4)
            yield self.case_of(START, {"log_p": floats(np.log(p), dtype, device)})
            for N, D, K in ((3, 4, 17), (2, 1, 5)):
                x = floats(rng.uniform(0, K, (N, D)), dtype, device)
                yield self.case_of(COST, {"inverse": _inverse(rng, D, dtype, device), "x": x, "K": K})
        yield self._kept_back_case(rng)
        z = normal(rng, (budget(MADE, MADE, 20), 64), torch.float32)
        asks = call(PICTURE, z), keep("made", PICTURE, z), call(NOISE, Kept("made"))
        yield case(*asks, about=(self.form, self.back), of=PICTURE, z=z, then=True)

    def _kept_back_case(self, rng: np.random.Generator) -> Case:
        """The test digits with noise over whole bins, the last few alone, and one with what becomes of it when moved."""
        levels = rows("test")[: budget(447, 447, 60)].numpy()
        u = rng.uniform(1e-4, 1 - 1e-4, size=(DRAWS, *levels.shape))
        x = floats((levels + u).reshape(-1, 64), torch.float32)
        some, ways = levels[[int(rng.integers(len(levels)))]], rng.choice([-1.0, 1.0], size=(6, 64))
        one = floats(some + rng.uniform(0.3, 0.7, size=some.shape), torch.float32)  # a curve may bend at ends of bins
        step = STEP * floats(ways, torch.float32)
        moved = torch.cat([one + step, one - step])
        asks = call(NOISE, x), call(NOISE, x[-BATCH:]), jacobian(NOISE, one), call(NOISE, one), call(NOISE, moved)
        about = (self.form, self.alone, self.true, self.honest, self.low, self.lower)
        return case(*asks, about=about, of=NOISE, x=x, ways=ways, whole=True)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name in (NOISE, PICTURE):
            (value,) = (part.float().cpu() for part in given.values())  # where the flow was trained
            key = "x" if name == NOISE else "z"
            return case(call(name, value), about=(self.form,), of=name, whole=False, then=False, **{key: value})
        if name == START:
            return case(call(name, given["log_p"]), about=(self.shape, self.start), of=name, **given)
        one = torch.ones(len(given["x"]), dtype=given["x"].dtype, device=given["x"].device)
        return case(grad(name, ("x",), one, **given), about=(self.shape, self.cost), of=name, **given)

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        ways = {
            START: self._judge_start,
            COST: self._judge_cost,
            NOISE: self._judge_noise,
            PICTURE: self._judge_picture,
        }
        yield from ways[case.of](case, *answers)

    # --- the small functions

    def _judge_start(self, case: Case, answer: Any) -> Iterator[Finding]:
        D, K = case.log_p.shape
        pair = answer if isinstance(answer, (tuple, list)) and len(answer) == 2 else None
        yield self.shape(pair is not None, "a pair, rises and slopes", kind_of(answer))
        if pair is None:
            return
        shapes = [has_shape(part, (D, n), case.log_p) for part, n in zip(pair, (K, K + 1), strict=True)]
        for shape in shapes:
            yield self.shape(*shape)
        if all(shape.ok for shape in shapes):
            p = np.exp(exact(case.log_p))
            padded = np.concatenate([p[:, :1], p, p[:, -1:]], axis=1)
            room = 1 + abs(exact(case.log_p))  # exp rounds its argument first
            yield self.start(*close(pair[0], p, case.log_p.dtype, p * room))
            slopes = K * (padded[:, :-1] + padded[:, 1:]) / 2
            yield self.start(*close(pair[1], slopes, case.log_p.dtype, slopes * room.max()))

    def _judge_cost(self, case: Case, answer: Any) -> Iterator[Finding]:
        value = answer["value"] if isinstance(answer, dict) else answer
        x, K = exact(case.x), case.K
        shape = has_shape(value, (len(x),), case.x)
        yield self.shape(*shape)
        if not shape.ok:
            return
        want, slope, size = _price(case.inverse, x, K)
        verdict = close(value, want, case.x.dtype, size)
        yield self.cost(*verdict)
        if verdict.ok:
            got = answer["gradients"].get("x")
            arrives = values(got) is not None
            near = (
                close(got, slope, case.x.dtype, size[:, None] * 10)
                if arrives
                else (False, "a gradient", "none arrives")
            )
            yield self.cost(*near)

    # --- the trained flow

    def _judge_noise(self, case: Case, *answers: Any) -> Iterator[Finding]:
        counts = [len(case.x), BATCH, None, 1, 2 * len(case.ways)] if case.whole else [len(case.x)]
        parts = []
        for n, answer in zip(counts, answers, strict=True):
            if n is not None:
                good, got = _pair(answer, n)
                yield self.form(good, f"z (N, 64) and ladj (N,) for N = {n}, all finite", got)
                if not good:
                    return
                parts.append(tuple(values(part) for part in answer))
        if case.whole:
            yield from self._kept_back(case, answers[2], *parts)

    def _kept_back(self, case: Case, J: Any, all_: tuple, few: tuple, one: tuple, moved: tuple) -> Iterator[Finding]:
        same = all(np.allclose(a[-BATCH:], b, rtol=1e-3, atol=1e-2) for a, b in zip(all_, few, strict=True))
        name = None if same else "depends on the batch"
        yield self.alone(same, f"the same among {len(case.x)} and among {BATCH}", "another answer", mistake=name)
        if not same:
            return
        true = self._true(J, one, moved, case.ways)
        yield true
        if true.ok:
            z, ladj = all_
            yield from self._worth(float((0.5 * (z**2).sum(1) + 32 * np.log(2 * np.pi) - ladj).mean()))

    def _true(self, J: Any, one: tuple, moved: tuple, ways: np.ndarray) -> Finding:
        """The claimed log-determinant against the Jacobian, and the Jacobian against differences of the map."""
        matrix = values(J[0]) if isinstance(J, (tuple, list)) and J else None
        if matrix is None or matrix.size != 64 * 64 or not np.isfinite(matrix).all() or not matrix.any():
            return self.true(
                False,
                "a map with derivatives",
                "none",
                why="Does digit_to_noise leave the graph, by no_grad or detach?",
            )
        matrix, claimed = matrix.reshape(64, 64), float(one[1][0])
        found = float(np.linalg.slogdet(matrix)[1])
        differences = (moved[0][: len(ways)] - moved[0][len(ways) :]) / (2 * STEP)
        along = ways @ matrix.T
        other = abs(differences - along) > 0.1 * abs(along) + 0.05 * np.sqrt((along**2).mean())
        if other.mean() > 0.2:
            return self.true(False, "derivatives of the map itself", f"{100 * other.mean():.0f} % of them are others")
        off = claimed - found
        units = {
            64 * math.log(17): "the unit of the levels is missing",
            -2 * found: "the log-determinant of the way back",
        }
        name = next((name for size, name in units.items() if abs(off - size) < 1), None)
        return self.true(abs(off) < 0.05, f"{found:.2f}", f"{claimed:.2f}", mistake=name if abs(off) >= 0.05 else None)

    def _worth(self, nats: float) -> Iterator[Finding]:
        known, got = nats < NO_MODEL, f"{nats:.1f} nats per test digit"
        name = "knows the test digits" if known else None
        yield self.honest(not known, f"{NO_MODEL:g} nats or more", got, mistake=name)
        if not known:
            most, least = budget((97.0, 91.0), (101.0, 95.0), (INF, INF))
            yield self.low(nats <= most, f"at most {most:g} nats", got)
            yield self.lower(nats <= least, f"at most {least:g} nats", got)

    def _judge_picture(self, case: Case, answer: Any, _: Any = None, again: Any = None) -> Iterator[Finding]:
        n = len(case.z)
        shape = has_shape(answer, (n, 64))
        x = values(answer) if shape.ok else None
        good = x is not None and bool(np.isfinite(x).all())
        got = shape.got if x is None else "some that are no numbers"
        yield self.form(good, f"pictures (N, 64) for N = {n}, all finite", got)
        if good and case.then:
            yield self._there_and_back(case, x, again)

    def _there_and_back(self, case: Case, x: np.ndarray, again: Any) -> Finding:
        low, high = float(x.min()), float(x.max())
        if low < -1e-3 or high > LEVELS + 1e-3 or high < 1.001:
            small = "values between 0 and 1" if low >= -1e-3 and high < 1.001 else None
            return self.back(False, "values from 0 to 17", f"values from {low:.3g} to {high:.3g}", mistake=small)
        good, got = _pair(again, len(x))
        if not good:
            return self.back(False, "noise for the pictures that were made", got)
        off = np.abs(values(again[0]) - exact(case.z)) > NEAR
        lost = f"{100 * off.mean():.1f} % of the numbers differ by more than {NEAR}"
        return self.back(off.mean() < SLIPS, "the noise that they were made from", lost)

    mistakes = (
        wrong(
            "slopes without K",
            _slip(5.1, start=lambda log_p: _start(log_p, scale=lambda K: 1)),
            "A bin has the width 1/K: the curve rises by p on it, so its slope is K p.",
        ),
        wrong(
            "slopes from one side",
            _slip(5.2, start=lambda log_p: _start(log_p, lambda a, b: a)),
            "The slope at a knot is the mean of the densities on both sides.",
            also=(_slip(5.3, start=lambda log_p: _start(log_p, lambda a, b: b)),
                  _slip(5.4, start=lambda log_p: _start(log_p, lambda a, b: 2 * a * b / (a + b)))),
        ),
        wrong(
            "the unit of the levels is missing",
            _slip(5.5, cost=lambda inverse, x, K: _cost(inverse, x, K, unit=0.0)),
            "The flow was shown x / K: its density is per unit of x / K, and one per level costs D log K more.",
            also=(_flow(noise=_shifted(64 * math.log(17))), _slip(5.6, cost=lambda inverse, x, K: _cost(inverse, x, K, unit=-1.0))),
        ),
        wrong(
            "ladj with the wrong sign",
            _slip(5.7, cost=lambda inverse, x, K: _cost(inverse, x, K, sign=1.0)),
            "log p(x) = log N(z) + ladj of the way to z: the cost has −ladj.",
        ),
        wrong(
            "the log-determinant of the way back",
            _flow(noise=_negated),
            "This is log |det ∂x/∂z|, of the way from noise to the picture. digit_to_noise gives that of the way to the noise.",
        ),
        wrong(
            "the base without its constant",
            _slip(5.8, cost=lambda inverse, x, K: _cost(inverse, x, K, base=0.0)),
            "½ log 2π belongs to every pixel: 58.8 nats for a digit.",
            also=(_slip(5.9, cost=lambda inverse, x, K: _cost(inverse, x, K, half=1.0)),),
        ),
        wrong(
            "one number for the batch",
            _slip(6.0, cost=lambda inverse, x, K: _cost(inverse, x, K).mean().expand(len(x)).clone()),
            "Each picture has its own nats; the mean comes later.",
        ),
        wrong(
            "each pixel by itself",
            _flow(),
            "This is the price of independent pixels: has the flow been trained, and with your functions? Run the cell of "
            "curves_run again.",
        ),
        wrong(
            "knows the test digits",
            _flow(noise=_by_heart),
            "No flow that has not seen the test digits squeezes them so: train on the training digits alone.",
        ),
        wrong(
            "depends on the batch",
            _flow(noise=_of_the_batch),
            "A picture's z hangs on the other pictures of the batch: such a map has no density of single pictures.",
        ),
        wrong(
            "values between 0 and 1",
            _flow(picture=lambda z: _picture(z) / 17),
            "The flow gives x / 17. Pictures are asked for in levels, 0 … 17.",
        ),
    )  # fmt: skip


def _price(inverse: Net, x: np.ndarray, K: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """−log p(x), its slope by complex steps, and the size of what is rounded."""
    s, t = (exact(weights) for weights in inverse.weights)

    def cost(x: np.ndarray) -> np.ndarray:
        v = x / K
        first = (v[:, :1] - t[:1]) * np.exp(-s[:1])
        scales = s[1:] * np.tanh(first)
        z = np.concatenate([first, (v[:, 1:] - t[1:] * first**2) * np.exp(-scales)], axis=1)
        D = x.shape[1]
        return 0.5 * (z**2).sum(1) + s[0] + scales.sum(1) + 0.5 * D * np.log(2 * np.pi) + D * np.log(K)

    slope = np.stack([cost(x + 1e-30j * e).imag / 1e-30 for e in np.eye(x.shape[1])], axis=1)
    value = cost(x.astype(complex)).real
    return value, slope, 5 + abs(value) + 10 * x.shape[1] * (1 + np.log(K)) * np.exp(2 * abs(s).max())


def _pair(answer: Any, n: int) -> tuple[bool, str]:
    if not (isinstance(answer, (tuple, list)) and len(answer) == 2):
        return False, kind_of(answer)
    for part, shape in zip(answer, ((n, 64), (n,)), strict=True):
        if not (found := has_shape(part, shape)).ok:
            return False, found.got
        if not np.isfinite(values(part)).all():
            return False, f"some that are no numbers, {show(part)}"
    return True, ""
