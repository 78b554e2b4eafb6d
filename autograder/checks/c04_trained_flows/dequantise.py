"""flow.dequantise: noise over whole bins, the way to the line, the bound and its units (long: four functions)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from scipy.stats import kstest

from autograder.checks.c04_trained_flows.shared import LEVELS, coefficients, hills
from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, show, values
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor, Wholes
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, draws, exercise, gate, grad, pays, wrong
from pushforward.answering.wire import Net

SPREAD, LINE, BOUND, UNITS = "spread_levels", "to_line", "nats_of_levels", "in_units"
MANY = (400, 60)  # pictures and pixels of the case that looks at the noise
CHANCE = 1e-9  # a right answer fails each test of the noise so rarely
ENDS = 1e-3  # of so many entries one lies so near to either end, but for a chance of 4e-11
OTHERS = (1, 10**6, 2**20, 720_720)  # seeds so far apart: what looks at a remainder only finds them the same


# --- answers with slips ------------------------------------------------------------------------------------------


def _noise(levels: torch.Tensor, seed: int, shape: tuple | None = None) -> torch.Tensor:
    source = torch.Generator("cpu").manual_seed(seed)
    return torch.rand(shape or levels.shape, generator=source, dtype=torch.float64, device="cpu").to(levels)


def _line(
    x: torch.Tensor,
    K: int,
    edge: float,
    bins: Callable = lambda K: K,
    ladj: Callable = lambda p, a, D: (math.log(a) - p.log() - torch.log1p(-p)).sum(1),
) -> tuple[torch.Tensor, torch.Tensor]:
    a = (1 - 2 * edge) / bins(K)
    p = edge + a * x
    return torch.logit(p), ladj(p, a, x.shape[1])


def _costs(log_p: Callable, levels: torch.Tensor, u: torch.Tensor, K: int, edge: float, line: Callable = _line):
    pairs = [line(levels + noise, K, edge) for noise in u]
    return torch.stack([-log_p(y) - ladj for y, ladj in pairs])


def _of_line(**slip: Any) -> dict[str, Callable]:
    """A slip in the way to the line is one in the bound as well: there it enters through the student's own to_line."""
    return {
        LINE: lambda x, K, edge: _line(x, K, edge, **slip),
        BOUND: lambda log_p, levels, u, K, edge: _costs(
            log_p, levels, u, K, edge, lambda x, K, edge: _line(x, K, edge, **slip)
        ).mean(0),
    }


def _bound(after: Callable = lambda costs: costs.mean(0), noise: Callable = lambda u: u) -> dict[str, Callable]:
    return {BOUND: lambda log_p, levels, u, K, edge: after(_costs(log_p, levels, noise(u), K, edge))}


def _spread(draw: Callable) -> dict[str, Callable]:
    return {SPREAD: lambda levels, seed: levels + draw(levels, seed)}


def _units(bits: Callable, density: Callable) -> dict[str, Callable]:
    return {UNITS: lambda nats, D, width: {"bits": bits(nats, D), "density": density(nats, D, width)}}


def _bits(nats: torch.Tensor, D: int) -> torch.Tensor:
    return nats / (D * math.log(2))


def _density(nats: torch.Tensor, D: int, width: float) -> torch.Tensor:
    return nats + D * math.log(width)


# --- what is asked -----------------------------------------------------------------------------------------------


def _levels(K: Callable[[Place], int], says: str) -> Made:
    return Made(
        lambda place: place.tensor(place.rng.integers(K(place), size=(place.sizes["N"], place.sizes["D"]))),
        says=("(N, D)", "float32 or float64", says),
    )


def _hills(place: Place) -> Net:
    return hills(place.rng, place.sizes["D"], place.dtype, place.device)


def _on_range(place: Place) -> torch.Tensor:
    return place.tensor(place.rng.uniform(0, place.sizes["K"], size=(place.sizes["N"], place.sizes["D"])))


def _at_ends(place: Place) -> torch.Tensor:
    return place.tensor(place.rng.choice([0.0, place.sizes["K"]], size=(place.sizes["N"], place.sizes["D"])))


EDGE = Number(Reals(0.001, 0.3, "[]", reach=(1e-6, 1)))
COUNT = Made(lambda place: place.sizes["K"], says=("int ≥ 2",))
SIZES = {"N": (1, 4), "D": (1, 5), "K": (2, 20)}


@exercise("flow.dequantise", (SPREAD, LINE, BOUND, UNITS))
class Dequantise(Exercise):
    """x = k + u; y = logit(edge + (1 − 2 edge) x/K); −log P(k) ≤ E_u[−log p_y(y) − ladj]; nats, bits and densities."""

    again = False
    shape = gate("every function gives its numbers, one for each pixel or for each picture")
    bins = pays("the noise fills the whole bin of its level evenly, each pixel with noise of its own", 0.75)
    fresh = pays("another seed gives other noise, and the same seed gives the same", 0.75)
    line = pays("a squeezed pixel goes to the line by the logit", 0.5)
    ladj = pays("the log-determinant is that of scaling and logit together, one for each picture")
    bound = pays("the bound is the mean over the noise of −log p_y − ladj, and the model can learn from it")
    units = pays("bits and densities are the same number in other units")

    hints = (
        "spread_levels: one generator, made from the seed, and a draw for every entry. to_line: differentiate "
        "y = log p − log(1 − p) with respect to p, and p with respect to x.",
        "The derivative of the logit is 1/(p (1 − p)), that of p is (1 − 2 edge)/K. The logarithm of their product is "
        "summed over the pixels of a picture, never over pictures.",
        "nats_of_levels: for each of the R draws of u go to the line, add up −log_p(y) − ladj, and average over the draws.",
    )

    domain = {
        SPREAD: Domain(
            {"levels": _levels(lambda place: LEVELS, "values 0 … 16 that are whole"), "seed": Number(Wholes(0, None, 10**6))},
            sizes={"N": (1, 4), "D": (1, 5)},
            returns=Like("levels"),
            most=6,
            draws=1,
        ),
        LINE: Domain(
            {"x": Made(_on_range, (_on_range, _at_ends), says=("(N, D)", "values 0 … K")), "K": COUNT, "edge": EDGE},
            sizes=SIZES,
            returns=(Like("x"), Like("x")),
            most=12,
        ),
        BOUND: Domain(
            {
                "log_p": Made(_hills, says=("takes y (N, D)", "gives log p_y (N,)")),
                "levels": _levels(lambda place: place.sizes["K"], "values 0 … K - 1 that are whole"),
                "u": Tensor("R, N, D", Reals(0, 1, "[]")),
                "K": COUNT,
                "edge": EDGE,
            },
            sizes={**SIZES, "R": (1, 4)},
            returns=Like("levels"),
            most=12,
            draws=2,
        ),
        UNITS: Domain(
            {
                "nats": Tensor("N", Reals(reach=(1e-2, 3e4), usual=(-200, 300))),
                "D": Number(Wholes(1, None, 3072)),
                "width": Number(Reals(0, math.inf, reach=(1e-3, 300))),
            },
            sizes={"N": (1, 4)},
            returns={"bits": Like("nats"), "density": Like("nats")},
            most=8,
            draws=2,
        ),
    }  # fmt: skip

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._line_case(torch.tensor([[0.5]], dtype=torch.float64), 17, 0.05)
        yield self._line_case(torch.tensor([[0.0, 17.0, 0.02]], dtype=torch.float64), 17, 0.001)
        yield self._units_case(torch.tensor([100.0], dtype=torch.float64), 64, 1 / 17)
        for dtype, device in arithmetic():
            for N, D, K in ((3, 4, 17), (2, 1, 3), (1, 5, 256)):
                edge = float(rng.uniform(0.01, 0.2))
                yield self._line_case(floats(rng.uniform(0, K, (N, D)), dtype, device), K, edge)
                levels, u = (
                    floats(rng.integers(K, size=(N, D)), dtype, device),
                    floats(rng.random((3, N, D)), dtype, device),
                )
                yield self._bound_case(hills(rng, D, dtype, device), levels, u, K, edge)
            yield self._noise_case(floats(rng.integers(LEVELS, size=MANY), dtype, device), int(rng.integers(10**6)))
            yield self._seeds_case(floats(rng.integers(LEVELS, size=(4, 6)), dtype, device), int(rng.integers(10**6)))
            for D, width in ((64, 1.0), (64, 2 / 17), (3, 1 / 256)):
                yield self._units_case(floats(rng.normal(size=3) * 2 * D, dtype, device), D, width)  # fmt: skip

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == SPREAD:
            return case(call(name, *given.values()), about=(self.shape, self.bins), of=name, again=False, **given)
        ways = {LINE: self._line_case, BOUND: self._bound_case, UNITS: self._units_case}
        return ways[name](**given)

    def _noise_case(self, levels: torch.Tensor, seed: int) -> Case:
        """The noise of one seed, drawn twice in a row, and that of the next seed."""
        asks = draws(SPREAD, 2, levels, seed), call(SPREAD, levels, seed + 1)
        return case(*asks, about=(self.shape, self.bins, self.fresh), of=SPREAD, again=True, levels=levels)

    def _seeds_case(self, levels: torch.Tensor, seed: int) -> Case:
        """Seed 0 twice in a row, and seeds that are far apart."""
        others = (1, seed, *(seed + more for more in OTHERS))
        asks = draws(SPREAD, 2, levels, 0), *(call(SPREAD, levels, other) for other in others)
        return case(*asks, about=(self.shape, self.fresh), of=SPREAD, again=True, levels=levels)

    def _line_case(self, x: torch.Tensor, K: int, edge: float) -> Case:
        about = (self.shape, self.line, self.ladj)
        return case(call(LINE, x, K, edge), about=about, of=LINE, x=x, K=K, edge=edge)

    def _bound_case(self, log_p: Net, levels: torch.Tensor, u: torch.Tensor, K: int, edge: float) -> Case:
        given = {"log_p": log_p, "levels": levels, "u": u, "K": K, "edge": edge}
        one = torch.ones(len(levels), dtype=levels.dtype, device=levels.device)
        return case(grad(BOUND, ("u",), one, **given), about=(self.shape, self.bound), of=BOUND, **given)

    def _units_case(self, nats: torch.Tensor, D: int, width: float) -> Case:
        return case(call(UNITS, nats, D, width), about=(self.shape, self.units), of=UNITS, nats=nats, D=D, width=width)

    # --- how it is judged

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        ways = {SPREAD: self._judge_noise, LINE: self._judge_line, BOUND: self._judge_bound, UNITS: self._judge_units}
        yield from ways[case.of](case, *answers)

    def _judge_noise(self, case: Case, answer: Any, *others: Any) -> Iterator[Finding]:
        one = tuple(case.levels.shape)
        wanted = [(answer, (2, *one) if case.again else one), *((other, one) for other in others)]
        for given, shape in wanted:
            verdict = has_shape(given, shape, case.levels)
            yield self.shape(*verdict)
            if not verdict.ok:
                return
        levels = exact(case.levels)
        u, *more = (values(part) - levels for part in (answer, *others))
        if self.bins in case.about:
            inside = bool((u >= 0).all() and (u <= 1).all())
            found = "" if inside else f"levels + ({np.nanmin(u):.3g} … {np.nanmax(u):.3g})"
            name = "around the level" if (u < 0).any() else None
            yield self.bins(inside, "x between level and level + 1", found, mistake=name)
            if not inside or not case.again:
                return
            nothing = np.ptp(u[0]) < 1e-4 and np.allclose(u[0], more[0], atol=1e-4)
            yield from self._even(u[0], levels, nothing)
            if nothing:
                yield self.fresh(False, "other noise for another seed", "no noise", mistake="no noise")
                return
        yield from self._of_the_seed(*u, *more)

    def _even(self, u: np.ndarray, levels: np.ndarray, nothing: bool) -> Iterator[Finding]:
        few, bins = len(np.unique(u)) < 0.9 * u.size, [u[levels == level] for level in np.unique(levels)]
        whole = u.min() < ENDS and u.max() > 1 - ENDS
        even, own = all(map(_uniform, (u, *bins))), all(map(_uniform, _neighbours(u)))
        told = f"mean {u.mean():.3f}, from {u.min():.3f} to {u.max():.3f}, {len(np.unique(u))} different of {u.size}"
        name = (
            "no noise"
            if nothing
            else "one noise for all"
            if _shared(u)
            else "half-width bins"
            if min(map(np.ptp, bins)) < 0.6
            else "normal noise"
            if (abs(u - 0.5) < 0.25).mean() > 0.6
            else "clear of the ends"
            if not whole
            else "one noise for all"
            if even and not own
            else None
        )
        good = even and whole and own and not few
        wanted = "u spread evenly over [0, 1) at every level, of its own for each pixel"
        if even and whole and not own:
            told += "; that of neighbours goes together"
        elif whole and not even and _uniform(u):
            told += "; at some levels another"
        yield self.bins(good, wanted, told, mistake=None if good else name)

    def _of_the_seed(self, u: np.ndarray, again: np.ndarray, *others: np.ndarray) -> Iterator[Finding]:
        same = np.array_equal(u, again)
        name = None if same else "noise from the global generator"
        yield self.fresh(same, "the same noise for the same seed", "other noise", mistake=name)
        if not same:
            return
        pairs = list(itertools.combinations((u, *others), 2))
        frozen = all(np.array_equal(*pair) for pair in pairs)
        repeats = any(np.array_equal(*pair) for pair in pairs)
        moved = any(_moved(*pair) for pair in pairs)
        found = "the same noise" + ("" if frozen else " for some others" if repeats else ", moved")
        name = "noise frozen over the epochs" if frozen else None
        yield self.fresh(not repeats and not moved, "other noise for another seed", found, mistake=name)

    def _judge_line(self, case: Case, answer: Any) -> Iterator[Finding]:
        pair = answer if isinstance(answer, (tuple, list)) and len(answer) == 2 else (None, None)
        yield self.shape(pair is answer, "a pair, y and ladj", kind_of(answer))
        shapes = [
            has_shape(part, shape, case.x) for part, shape in zip(pair, (case.x.shape, case.x.shape[:1]), strict=True)
        ]
        for shape in shapes:
            yield self.shape(*shape)
        if all(shape.ok for shape in shapes):
            p, rate = _squeezed(exact(case.x), case.K, case.edge)
            yield self.line(*close(pair[0], np.log(p) - np.log1p(-p), case.x.dtype, 1 / (p * (1 - p))))
            each = np.log(rate) - np.log(p * (1 - p))
            yield self.ladj(*close(pair[1], each.sum(1), case.x.dtype, (abs(np.log(rate)) + 1 / (p * (1 - p))).sum(1)))

    def _judge_bound(self, case: Case, answer: Any) -> Iterator[Finding]:
        value = answer["value"] if isinstance(answer, dict) else answer
        shape = has_shape(value, tuple(case.levels.shape[:1]), case.levels)
        yield self.shape(*shape)
        if not shape.ok:
            return
        u, c = exact(case.u), coefficients(case.log_p)
        p, rate = _squeezed(exact(case.levels)[None] + u, case.K, case.edge)
        y, steep = np.log(p) - np.log1p(-p), 1 / (p * (1 - p))
        costs = -(c[0] + c[1] * y + c[2] * y**2) - np.log(rate * steep)
        room = abs(c[0]) + abs(c[1] * y) + abs(c[2]) * y**2 + abs(np.log(rate)) + 1
        room = room + (abs(c[1]) + 2 * abs(c[2] * y)) * steep + steep
        verdict = close(value, costs.sum(2).mean(0), case.levels.dtype, room.sum(2).mean(0))
        yield self.bound(*verdict)
        if verdict.ok:
            slope = rate * steep * (-c[1] - 2 * c[2] * y + 1 - 2 * p) / len(u)
            yield self.bound(
                *self._learns(answer["gradients"].get("u"), slope, room * rate * steep**2, case.levels.dtype)
            )

    @staticmethod
    def _learns(got: Any, want: np.ndarray, room: np.ndarray, dtype: torch.dtype) -> tuple[bool, str, str]:
        if values(got) is None:
            return False, "a gradient through the bound", "none arrives"
        return tuple(close(got, want, dtype, room))

    def _judge_units(self, case: Case, answer: Any) -> Iterator[Finding]:
        good = isinstance(answer, dict) and {*answer} == {"bits", "density"}
        yield self.shape(good, 'a dictionary with "bits" and "density"', show(answer))
        if not good:
            return
        nats, shift = exact(case.nats), case.D * np.log(case.width)
        wanted = {"bits": nats / case.D / np.log(2), "density": nats + shift}
        for name, size in {"bits": None, "density": abs(nats) + abs(shift)}.items():
            shape = has_shape(answer[name], tuple(case.nats.shape), case.nats)
            yield self.shape(*shape)
            if shape.ok:
                yield self.units(*close(answer[name], wanted[name], case.nats.dtype, size))

    mistakes = (
        wrong(
            "half-width bins",
            _spread(lambda levels, seed: _noise(levels, seed) / 2),
            "The noise fills half of the bin only. Then a density may leave the other half empty, and every pixel looks "
            "log 2 cheaper than it is.",
            also=(_spread(lambda levels, seed: 0.25 + _noise(levels, seed) / 2),),
        ),
        wrong(
            "no noise",
            _spread(lambda levels, seed: 0 * levels),
            "The levels are still whole numbers: a density can be made as high there as one likes.",
            also=(_spread(lambda levels, seed: 0 * levels + 0.5),),
        ),
        wrong(
            "around the level",
            _spread(lambda levels, seed: _noise(levels, seed) - 0.5),
            "Here the bin of a level begins at the level: u lies between 0 and 1. Around the level it would leave the range 0 … 17.",
            also=(_spread(lambda levels, seed: 2 * _noise(levels, seed) - 1),),
        ),
        wrong(
            "normal noise",
            _spread(lambda levels, seed: (0.5 + 0.15 * torch.randn(levels.shape, generator=torch.Generator("cpu").manual_seed(seed)).to(levels)).clamp(0, 0.999)),
            "The noise prefers the middle of the bin. The bound is proved for noise that is uniform over it.",
        ),
        wrong(
            "clear of the ends",
            _spread(lambda levels, seed: 0.02 + 0.96 * _noise(levels, seed)),
            "The noise keeps clear of the bin's ends. The bound is proved for noise that is uniform over the whole bin; what "
            "keeps the logit finite is edge, in to_line.",
            also=(_spread(lambda levels, seed: _noise(levels, seed).clamp(0.05, 0.95)),),
        ),
        wrong(
            "noise frozen over the epochs",
            _spread(lambda levels, seed: _noise(levels, 0)),
            "Whatever the seed, the noise is the same: a flow would learn these points by heart, as if they were whole numbers.",
        ),
        wrong(
            "noise from the global generator",
            _spread(lambda levels, seed: torch.rand_like(levels)),
            "The noise does not come from the seed: whoever asks twice gets two answers, and a test cannot be repeated.",
        ),
        wrong(
            "one noise for all",
            _spread(lambda levels, seed: _noise(levels, seed, (1, levels.shape[1]))),
            "Pictures or pixels share their noise. Each entry needs its own: u is uniform over the whole box.",
            also=(
                _spread(lambda levels, seed: _noise(levels, seed, (len(levels), 1))),
                _spread(lambda levels, seed: _noise(levels, seed, (1, 1))),
            ),
        ),
        wrong(
            "the scaling's log-determinant is missing",
            _of_line(ladj=lambda p, a, D: (-p.log() - torch.log1p(-p)).sum(1)),
            "The pixels were divided by K and squeezed as well, and that has a log-determinant: log((1 − 2 edge)/K) for each pixel.",
            also=(
                _of_line(ladj=lambda p, a, D: math.log(a) - (p.log() + torch.log1p(-p)).sum(1)),
                _of_line(ladj=lambda p, a, D: 0 * p.sum(1) + D * math.log(a)),
            ),
        ),
        wrong(
            "the squeezing's log-determinant is missing",
            {LINE: lambda x, K, edge: (_line(x, K, edge)[0], _line(x, K, edge)[1] - x.shape[1] * math.log(1 - 2 * edge))},
            "Division by K was counted, the factor 1 − 2 edge was not.",
        ),
        wrong(
            "the log-determinant of the way back",
            _of_line(ladj=lambda p, a, D: -(math.log(a) - p.log() - torch.log1p(-p)).sum(1)),
            "log p_x is log p_y plus log |det ∂y/∂x|: here the log-determinant has the other sign, that of the way back.",
            also=({BOUND: lambda log_p, levels, u, K, edge: (
                _costs(log_p, levels, u, K, edge, lambda x, K, edge: (_line(x, K, edge)[0], -_line(x, K, edge)[1])).mean(0)
            )},),
        ),
        wrong(
            "K − 1 bins",
            _of_line(bins=lambda K: K - 1),
            "K levels fill K bins: x lies between 0 and K, and x / (K − 1) would leave the unit interval.",
        ),
        wrong(
            "a mean over the pixels",
            _of_line(ladj=lambda p, a, D: (math.log(a) - p.log() - torch.log1p(-p)).mean(1)),
            "A log-determinant is a sum over the pixels.",
            also=(_of_line(ladj=lambda p, a, D: (math.log(a) - p.log() - torch.log1p(-p)).sum().expand(len(p)).clone()),),
        ),
        wrong(
            "none at test",
            _bound(noise=lambda u: 0 * u),
            "The bound was computed on the bare levels. At test, too, the noise belongs to it: otherwise it bounds nothing.",
            also=(_bound(noise=lambda u: 0 * u + 0.5),),
        ),
        wrong(
            "the density of y",
            {BOUND: lambda log_p, levels, u, K, edge: (
                _costs(log_p, levels, u, K, edge, lambda x, K, edge: (_line(x, K, edge)[0], 0 * x[:, 0])).mean(0)
            )},
            "This is the price of y, in units of the line. The levels live on x: ladj is missing.",
        ),
        wrong(
            "the first draw only",
            _bound(after=lambda costs: costs[0]),
            "u holds R draws for each picture. Their mean is asked for; one alone scatters more.",
            also=(_bound(after=lambda costs: costs.sum(0)), _bound(after=lambda costs: costs.mean().expand(costs.shape[1]))),
        ),
        wrong(
            "minus the log of the mean density",
            _bound(after=lambda costs: math.log(len(costs)) - (-costs).logsumexp(0)),
            "This averages densities, then takes the logarithm: another bound, sharper and noisier. Asked is the mean of the costs.",
        ),
        wrong(
            "in bits",
            _bound(after=lambda costs: costs.mean(0) / math.log(2)),
            "nats_of_levels is asked in nats: natural logarithms, nothing divided.",
            also=(_bound(after=lambda costs: -costs.mean(0)),),
        ),
        wrong(
            "bits per picture",
            _units(lambda nats, D: nats / math.log(2), _density),
            "Per dimension means divided by D as well.",
        ),
        wrong(
            "nats for bits",
            _units(lambda nats, D: nats / D, _density),
            "A bit is log 2 = 0.693 nats: divide by it, and there are more bits than nats.",
            also=(_units(lambda nats, D: nats * math.log(2) / D, _density),),
        ),
        wrong(
            "the width the other way",
            _units(_bits, lambda nats, D, width: nats - D * math.log(width)),
            "Levels that lie closer need a higher density for the same probability: −log p falls with the width.",
            also=(_units(_bits, lambda nats, D, width: nats),),
        ),
        wrong(
            "the width of one pixel",
            _units(_bits, lambda nats, D, width: nats + math.log(width)),
            "A picture's box is width wide in each of the D pixels: its volume is width to the power D.",
        ),
    )  # fmt: skip


def _shared(u: np.ndarray) -> bool:
    """All pictures, or all pixels, have the same noise."""
    return any((np.ptp(u, axis=axis) < 1e-4).all() for axis in (0, 1))


def _uniform(u: np.ndarray) -> bool:
    return kstest(u.reshape(-1), "uniform").pvalue > CHANCE


def _neighbours(u: np.ndarray) -> Iterator[np.ndarray]:
    """Differences and sums of neighbours, modulo 1: uniform and independent if the entries are."""
    for sign, axis in itertools.product((-1, 1), (0, 1)):
        along = np.moveaxis(u, axis, 0)
        yield (along[1:] + sign * along[:-1]) % 1


def _moved(u: np.ndarray, other: np.ndarray) -> bool:
    """Whether six entries in a row, from the middle of one, stand anywhere in the other."""
    u, other = u.reshape(-1), other.reshape(-1)
    for one, two in ((u, other), (other, u)):
        windows = np.lib.stride_tricks.sliding_window_view(two, 6)
        if (abs(windows - one[len(one) // 2 :][:6]) < 1e-5).all(1).any():
            return True
    return False


def _squeezed(x: np.ndarray, K: int, edge: float) -> tuple[np.ndarray, float]:
    """p of each pixel, by another way than the course's, and dp/dx."""
    at = x / K
    p = edge * (1 - at) + (1 - edge) * at
    return np.clip(p, 1e-300, 1 - 1e-16), (1 - 2 * edge) / K
