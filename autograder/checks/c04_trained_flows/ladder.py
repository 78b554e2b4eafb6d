"""flow.ladder (long: three functions and their slips): levels counted pixel by pixel, and mixtures of such tables by EM."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from scipy.special import logsumexp

from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

TABLE, NATS, STEP = "pixel_log_p", "mixture_nats", "em_step"
SLIGHT = 1e-5  # smoothing that only keeps a level from being impossible


# --- answers with slips ------------------------------------------------------------------------------------------


def _hot(levels: torch.Tensor, K: int, like: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.one_hot(levels, K).to(like)


def _table(
    levels: torch.Tensor, K: int, smoothing: float, below: Callable = lambda N, K, s: N + K * s, part: float = 1.0
) -> torch.Tensor:
    counts = torch.nn.functional.one_hot(levels, K).double().sum(0)
    return ((counts + part * smoothing) / below(len(levels), K, smoothing)).log().float()


def _joint(levels: torch.Tensor, log_w: torch.Tensor, log_p: torch.Tensor) -> torch.Tensor:
    """log w_c + Σ_d log p_cd(level_d), (N, C)."""
    return log_w + torch.einsum("ndk,cdk->nc", _hot(levels, log_p.shape[2], log_p), log_p)


def _nats(levels: torch.Tensor, log_w: torch.Tensor, log_p: torch.Tensor, total: Callable = torch.logsumexp):
    return -total(_joint(levels, log_w, log_p), 1)


def _step(
    levels: torch.Tensor,
    log_w: torch.Tensor,
    log_p: torch.Tensor,
    smoothing: float,
    *,
    shares: Callable = lambda joint: joint.softmax(1),
    weigh: Callable = lambda mass, N, s: ((mass + s) / (N + len(mass) * s)).log(),
    over: Callable = lambda mass, K, s, N: mass + K * s,
    old_weight: bool = True,
):
    r = shares(_joint(levels, log_w if old_weight else 0 * log_w, log_p))
    K, mass = log_p.shape[2], r.sum(0)
    counts = torch.einsum("nc,ndk->cdk", r, _hot(levels, K, log_p)) + smoothing
    below = over(mass, K, smoothing, len(levels))
    return weigh(mass, len(levels), smoothing), (counts / below[:, None, None]).log()


def _of_table(**slip: Any) -> dict[str, Callable]:
    return {TABLE: lambda levels, K, smoothing: _table(levels, K, smoothing, **slip)}


def _of_nats(total: Callable) -> dict[str, Callable]:
    return {NATS: lambda levels, log_w, log_p: _nats(levels, log_w, log_p, total)}


def _of_step(**slip: Any) -> dict[str, Callable]:
    return {STEP: lambda levels, log_w, log_p, smoothing: _step(levels, log_w, log_p, smoothing, **slip)}


# --- what is asked -----------------------------------------------------------------------------------------------


def _levels(place: Place) -> torch.Tensor:
    size = (place.sizes["N"], place.sizes["D"])
    return torch.tensor(place.rng.integers(place.sizes["K"], size=size), device=place.device)


def _one_level(place: Place) -> torch.Tensor:
    return torch.zeros_like(_levels(place))


def _log_shares(rng: np.random.Generator, shape: tuple[int, ...], sharp: float) -> np.ndarray:
    logits = sharp * rng.normal(size=shape)
    return logits - logsumexp(logits, axis=-1, keepdims=True)


def _weights(place: Place, sharp: float = 1.0) -> torch.Tensor:
    return place.tensor(_log_shares(place.rng, (place.sizes["C"],), sharp))


def _tables(place: Place, sharp: float = 1.0) -> torch.Tensor:
    return place.tensor(_log_shares(place.rng, tuple(place.sizes[name] for name in "CDK"), sharp))


def _sharp(place: Place) -> torch.Tensor:
    return _tables(place, 12.0)


LEVELS = Made(_levels, (_levels, _one_level), says=("(N, D)", "int64", "values 0 … K − 1"))
LOG_W = Made(_weights, (_weights,), says=("(C,)",))
LOG_P = Made(_tables, (_tables, _sharp), says=("(C, D, K)",))
SMOOTHING = Number(Reals(0, math.inf, reach=(1e-6, 5), usual=(0.05, 2)))
SIZES = {"N": (1, 5), "D": (1, 4), "C": (1, 4), "K": (2, 5)}


@exercise("flow.ladder", (TABLE, NATS, STEP))
class Ladder(Exercise):
    """Frequencies with smoothing; −log Σ_c w_c ∏_d p_cd(level_d); responsibilities, then weighted frequencies."""

    shape = gate("there are K log probabilities for each pixel, C weights, and nats for each picture")
    table = pays("the table holds smoothed frequencies, pixel by pixel")
    nats = pays("a mixture adds up probabilities, not their logarithms")
    stable = pays("pictures of many pixels neither overflow nor vanish")
    weights = pays("the new weights are the mean responsibilities, smoothed")
    tables = pays("the new tables are frequencies in which each picture counts by its responsibility")

    hints = (
        "pixel_log_p: how often does pixel d have level k? The smoothing is added to each of the K counts, so the total "
        "grows by K times it.",
        "log w_c + Σ_d log p_cd(level_d) for every picture and component, (N, C): logsumexp over c gives the nats, softmax "
        "over c the responsibilities.",
        "em_step: with responsibilities r (N, C) the count of level k in pixel d of component c is Σ_n r_nc [level_nd = k]; "
        "torch.nn.functional.one_hot and einsum do it in two lines.",
    )

    domain = {
        TABLE: Domain(
            {"levels": LEVELS, "K": Made(lambda place: place.sizes["K"], says=("int ≥ 2",)), "smoothing": SMOOTHING},
            sizes={name: SIZES[name] for name in "NDK"},
            most=10,
        ),
        NATS: Domain(
            {"levels": LEVELS, "log_w": LOG_W, "log_p": LOG_P}, sizes=SIZES, returns=Like("log_p"), most=10, draws=2
        ),
        STEP: Domain(
            {"levels": LEVELS, "log_w": LOG_W, "log_p": LOG_P, "smoothing": SMOOTHING},
            sizes=SIZES,
            returns=(Like("log_p"), Like("log_p")),
            most=10,
            draws=2,
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self.case_of(TABLE, {"levels": torch.tensor([[0], [0], [2]]), "K": 3, "smoothing": 0.5})
        for dtype, device in arithmetic():
            for N, D, C, K in ((6, 3, 2, 3), (4, 2, 3, 4), (5, 1, 1, 2)):
                levels = torch.tensor(rng.integers(K, size=(N, D)), device=device)
                w, p = (floats(_log_shares(rng, shape, 1.0), dtype, device) for shape in ((C,), (C, D, K)))
                given = {"levels": levels, "log_w": w, "log_p": p}
                yield self.case_of(NATS, given)
                for smoothing in (float(rng.uniform(0.1, 1)), SLIGHT):
                    yield self.case_of(TABLE, {"levels": levels, "K": K, "smoothing": smoothing})
                    yield self.case_of(STEP, {**given, "smoothing": smoothing})
            yield from self._many_pixels(rng, dtype, device)

    def _many_pixels(self, rng: np.random.Generator, dtype: torch.dtype, device: str) -> Iterator[Case]:
        N, D, C, K = 3, 700, 2, 4
        levels = torch.tensor(rng.integers(K, size=(N, D)), device=device)
        w, p = (floats(_log_shares(rng, shape, 1.5), dtype, device) for shape in ((C,), (C, D, K)))
        given = {"levels": levels, "log_w": w, "log_p": p}
        about = (self.shape, self.stable)
        yield case(call(NATS, *given.values()), about=about, of=NATS, law=self.stable, **given)
        yield self.case_of(STEP, {**given, "smoothing": 0.5})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        laws = {TABLE: (self.table,), NATS: (self.nats,), STEP: (self.weights, self.tables)}[name]
        return case(call(name, *given.values()), about=(self.shape, *laws), of=name, law=laws[0], **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from {TABLE: self._judge_table, NATS: self._judge_nats, STEP: self._judge_step}[case.of](case, answer)

    def _judge_table(self, case: Case, answer: Any) -> Iterator[Finding]:
        levels = case.levels.cpu().numpy()
        shape = has_shape(answer, (levels.shape[1], case.K), case.levels)
        yield self.shape(*shape)
        if shape.ok:
            counts = np.stack([np.bincount(column, minlength=case.K) for column in levels.T])
            want = np.log(counts + case.smoothing) - np.log(len(levels) + case.K * case.smoothing)
            yield self.table(*close(answer, want, torch.float32, 1 + abs(want)))

    def _judge_nats(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.levels.shape[:1]), case.log_p)
        yield self.shape(*shape)
        if shape.ok:
            joint, size = _joint_of(case)
            yield case.law(*close(answer, -logsumexp(joint, axis=1), case.log_p.dtype, 1 + size))

    def _judge_step(self, case: Case, answer: Any) -> Iterator[Finding]:
        pair = answer if isinstance(answer, (tuple, list)) and len(answer) == 2 else None
        yield self.shape(pair is not None, "a pair, log weights and log probabilities", kind_of(answer))
        if pair is None:
            return
        wanted = (tuple(case.log_w.shape), tuple(case.log_p.shape))
        shapes = [has_shape(part, shape, case.log_p) for part, shape in zip(pair, wanted, strict=True)]
        for shape in shapes:
            yield self.shape(*shape)
        if all(shape.ok for shape in shapes):
            yield from self._maximised(case, *pair)

    def _maximised(self, case: Case, log_w: Any, log_p: Any) -> Iterator[Finding]:
        """Picture by picture, pixel by pixel."""
        joint, size = _joint_of(case)
        share, s = np.exp(joint - logsumexp(joint, axis=1, keepdims=True)), case.smoothing
        (N, C), K = share.shape, case.log_p.shape[2]
        room = 1 + size.max()  # the responsibilities' own error is relative to them, and so is that of a count
        weight = np.log((share.sum(0) + s) / (N + C * s))
        yield self.weights(*close(log_w, weight, case.log_p.dtype, room + abs(weight)))
        counts = np.full(case.log_p.shape, s)
        for n, d in np.ndindex(case.levels.shape):
            counts[:, d, int(case.levels[n, d])] += share[n]
        table = np.log(counts / (share.sum(0) + K * s)[:, None, None])
        yield self.tables(*close(log_p, table, case.log_p.dtype, room + abs(table)))

    mistakes = (
        wrong(
            "the total without smoothing",
            _of_table(below=lambda N, K, s: N),
            "Smoothing adds to each of the K counts, so the total grows by K times it; else the table adds up to more than one.",
            also=(_of_table(below=lambda N, K, s: N + s), _of_step(over=lambda mass, K, s, N: mass + 0 * s)),
        ),
        wrong(
            "no smoothing",
            _of_table(below=lambda N, K, s: N, part=0.0),
            "A level that was never seen in a pixel has probability 0, and one test digit with it costs infinitely much.",
        ),
        wrong(
            "one table for all pixels",
            {TABLE: lambda levels, K, smoothing: _table(levels.reshape(-1, 1), K, smoothing).expand(levels.shape[1], K).clone()},
            "Each pixel has a table of its own: in a corner paper is certain, in the middle it is not.",
            also=({TABLE: lambda levels, K, smoothing: (
                ((torch.nn.functional.one_hot(levels, K).double().mean(1).sum(0) + smoothing) / (len(levels) + K * smoothing))
                .log().float().expand(levels.shape[1], K).clone()
            )},),
        ),
        wrong(
            "a mean of log probabilities",
            _of_nats(lambda joint, dim: joint.logsumexp(dim) * 0 + joint.mean(dim)),
            "The probabilities of the components are added, not their logarithms: logsumexp over c.",
            also=(_of_nats(lambda joint, dim: joint.sum(dim)),),
        ),
        wrong(
            "the best component only",
            _of_nats(lambda joint, dim: joint.amax(dim)),
            "The largest term alone: others may add to it. (It gives a bound, and k-means in place of EM.)",
        ),
        wrong(
            "the product taken before the logarithm",
            _of_nats(lambda joint, dim: joint.exp().sum(dim).log()),
            "A product of hundreds of probabilities is 0 in floats. Stay with logarithms: logsumexp adds them, softmax shares out.",
            also=(_of_step(shares=lambda joint: joint.exp() / joint.exp().sum(1, keepdim=True)),),
        ),
        wrong(
            "the weights are left out",
            {NATS: lambda levels, log_w, log_p: _nats(levels, 0 * log_w, log_p)},
            "log w_c belongs to the sum as well: a rare component counts less.",
            also=(_of_step(old_weight=False),),
        ),
        wrong(
            "hard assignment",
            _of_step(shares=lambda joint: torch.nn.functional.one_hot(joint.argmax(1), joint.shape[1]).to(joint)),
            "Each picture went to its best component alone. In EM it counts in all of them, by its responsibility.",
        ),
        wrong(
            "responsibilities over the pictures",
            _of_step(shares=lambda joint: joint.softmax(0)),
            "The responsibilities of a picture add up to one over the components: softmax over c, not over n.",
        ),
        wrong(
            "divided by all pictures",
            _of_step(over=lambda mass, K, s, N: 0 * mass + N + K * s),
            "A component's table is divided by the pictures that it is responsible for, Σ_n r_nc, not by all N.",
        ),
        wrong(
            "weights that stay",
            {STEP: lambda levels, log_w, log_p, smoothing: (log_w.clone(), _step(levels, log_w, log_p, smoothing)[1])},
            "The weights are learnt as well: each becomes the mean responsibility of its component.",
            also=(_of_step(weigh=lambda mass, N, s: 0 * mass - math.log(len(mass))),),
        ),
        wrong(
            "weights without smoothing",
            _of_step(weigh=lambda mass, N, s: (mass / N).log()),
            "The weights are smoothed like the levels: smoothing is added to each of the C masses, so the total is N + C · smoothing.",
        ),
    )  # fmt: skip


def _joint_of(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """log w_c + Σ_d log p_cd(level_d) by running through the pixels, and the sizes that are rounded, (N, C) and (N,)."""
    w, p, levels = exact(case.log_w), exact(case.log_p), case.levels.cpu().numpy()
    joint, size = np.tile(w, (len(levels), 1)), np.tile(abs(w), (len(levels), 1))
    for d in range(levels.shape[1]):
        here = p[:, d, :][:, levels[:, d]].T
        joint, size = joint + here, size + abs(here)
    return joint, size.max(1)
