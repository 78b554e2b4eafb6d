"""ar.one_pass: affine autoregressive flows; one call of the net this way, one a place that way (long: four functions)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c05_autoregressive.shared import Function, real_reply
from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of
from autograder.judging.domain import Domain, Like, Made, Place, Reals, Tensor
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, Law, call, case, exercise, gate, pays, wrong
from pushforward.answering.wire import Callback

MAF_Z, MAF_X, IAF_X, IAF_Z = "maf_to_noise", "maf_to_data", "iaf_to_data", "iaf_to_noise"


class Affine:
    """mu and s at each place, smooth functions of the places before it. far: added to s at the last place."""

    def __init__(self, rng: np.random.Generator, D: int, far: float = 0.0) -> None:
        self.far = far * (np.arange(D) == D - 1)
        self.said = f", where s is near {far:.0f} at the last place" if far else ""
        self.a, self.b = (np.tril(rng.uniform(0.3, 1, (D, D)) * rng.choice([-1, 1], (D, D)), -1) for _ in range(2))
        self.c, self.d = rng.uniform(-0.5, 0.5, (2, D))

    def __call__(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.sin(y) @ self.a.T + self.c, 0.5 * np.tanh(y @ self.b.T + self.d) + self.far


def _steps(given: torch.Tensor, way: Function) -> torch.Tensor:
    """Place by place: each from what is finished before it."""
    done = torch.zeros_like(given)
    for d in range(given.shape[1]):
        done = done.clone()
        done[:, d] = way(done)[:, d]
    return done


def _maf_z(net, x, sign=-1, part=None):
    mu, s = net(x)
    return (x - mu) * (sign * s).exp(), (-s if part is None else part(s)).sum(1)


def _maf_x(net, z, sign=1):
    def way(x):
        mu, s = net(x)
        return mu + (sign * s).exp() * z

    return _steps(z, way)


def _iaf_x(net, z, sign=1, part=None):
    mu, s = net(z)
    return mu + (sign * s).exp() * z, (s if part is None else part(s)).sum(1)


def _iaf_z(net, x, sign=-1):
    def way(z):
        mu, s = net(z)
        return (x - mu) * (sign * s).exp()

    return _steps(x, way)


def _at_once(net, given, way):
    """All places from the given row, in one call."""
    mu, s = net(given)
    return way(mu, s)


def _net(place: Place) -> Affine:
    return Affine(place.rng, place.sizes["D"])


NET = Made(_net, says=("takes (B, D), gives mu and s, both (B, D)", "at place d from the entries before it"))
ROWS = Tensor("B, D", Reals(reach=(1e-3, 3)))
SIZES = {"B": (1, 3), "D": (1, 5)}


@exercise("ar.one_pass", (MAF_Z, MAF_X, IAF_X, IAF_Z))
class OnePass(Exercise):
    """x = mu + e^s z, with mu and s from the data before (MAF) or from the noise before (IAF); calls are counted."""

    apart = True
    shape = gate("rows have the shape that was given, and there is one ladj for each")
    maf = pays("MAF: z = (x − mu) e^(−s) with mu and s from the x before, ladj = −Σ s, and its inverse", 0.75)
    iaf = pays("IAF: x = mu + e^s z with mu and s from the z before, ladj = Σ s, and its inverse", 0.75)
    once = pays("the direction in which all that the net reads is known calls it once", 0.75)
    often = pays("the other direction calls it at most once for each place, whatever the batch", 0.75)
    both = pays("both directions of a flow lead from the same x to the same z and back, with 1 + D calls together", 2.5)

    hints = (
        "Of MAF the net reads data, of IAF noise. In which of the four functions do you hold all that it reads from the start?",
        "In the other two, begin with zeros. The net's first mu and s are right, since they read nothing: fill in place 1, call again.",
        "x = mu + e^s z: solve for z. The log-determinant of a triangular map is the sum of the logarithms of its diagonal.",
    )

    domain = {
        MAF_Z: Domain({"net": NET, "x": ROWS}, sizes=SIZES, returns=(Like("x"), Like("x")), most=6, draws=1),
        MAF_X: Domain({"net": NET, "z": ROWS}, sizes=SIZES, returns=Like("z"), most=6, draws=1),
        IAF_X: Domain({"net": NET, "z": ROWS}, sizes=SIZES, returns=(Like("z"), Like("z")), most=6, draws=1),
        IAF_Z: Domain({"net": NET, "x": ROWS}, sizes=SIZES, returns=Like("x"), most=6, draws=1),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for of in self.names:
            yield self._asked(of, Affine(rng, 2), floats([[0.5, -1.0]], PYTHON))
            for dtype, device in arithmetic():
                yield self._asked(of, Affine(rng, 4), normal(rng, (3, 4), dtype, device))
            for far in (-rng.uniform(11, 13), rng.uniform(11, 13)):  # as many rows as places, scales far from 1
                yield self._asked(of, Affine(rng, 3, far), normal(rng, (3, 3), PYTHON))
        for there, back in ((MAF_Z, MAF_X), (IAF_X, IAF_Z)):
            yield self._there_and_back(there, back, Affine(rng, 4), rng.normal(size=(3, 4)))

    def _there_and_back(self, there: str, back: str, net: Affine, rows: np.ndarray) -> Case:
        far, ladj = _oracle(there, net, rows)
        asks = [call(of, Callback("net"), floats(x, PYTHON)) for of, x in ((there, rows), (back, far[0]))]
        wanted = (far, ladj, _oracle(back, net, far[0])[0])
        return case(*asks, about=(self.shape, self.both), of="both", net=net, rows=rows, wanted=wanted, calls=[])

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._asked(name, *given.values())

    def _asked(self, of: str, net: Affine, rows: torch.Tensor) -> Case:
        value, count = self._laws(of)
        return case(
            call(of, Callback("net"), rows), about=(self.shape, value, count), of=of, net=net, rows=rows, calls=[]
        )

    def _laws(self, of: str) -> tuple[Law, Law]:
        return self.maf if of in (MAF_Z, MAF_X) else self.iaf, self.once if of in (MAF_Z, IAF_X) else self.often

    def reply(self, case: Case, name: str, args: list, kwargs: dict) -> Any:
        return real_reply(case, args, kwargs)

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        if case.of == "both":
            yield self._judge_both(case, *answers)
        else:
            yield from self._judge_one(case, *answers)

    def _judge_both(self, case: Case, there: Any, back: Any) -> Finding:
        parts = (*(there if isinstance(there, (tuple, list)) else (there,)), back)
        right = len(parts) == 3 and all(
            has_shape(got, want.shape).ok and close(got, want, PYTHON, size, lost=size).ok
            for got, (want, size) in zip(parts, case.wanted, strict=True)
        )
        calls, most = len(case.calls), 1 + case.rows.shape[1]
        got = f"{calls} calls" if right else "other points"
        return self.both(right and calls <= most, f"there and back, with {most} calls", got)

    def _judge_one(self, case: Case, answer: Any) -> Iterator[Finding]:
        value, count = self._laws(case.of)
        pair = count is self.once
        parts = answer if pair and isinstance(answer, (tuple, list)) and len(answer) == 2 else (answer,)
        shapes = (tuple(case.rows.shape), (len(case.rows),))[: 2 if pair else 1]
        good = len(parts) == len(shapes) and all(
            has_shape(p, s, case.rows).ok for p, s in zip(parts, shapes, strict=True)
        )
        yield self.shape(good, f"shapes {shapes}" if pair else f"shape {shapes[0]}", ", ".join(map(kind_of, parts)))
        if not good:
            return
        right = True
        for got, (want, size) in zip(parts, _oracle(case.of, case.net, exact(case.rows)), strict=False):
            verdict = close(got, want, case.rows.dtype, size, lost=size)
            right = right and verdict.ok
            yield value(verdict.ok, verdict.expected + case.net.said, verdict.got)
        calls, most = len(case.calls), 1 if pair else case.rows.shape[1]
        if right:
            yield count(calls <= most, f"{most} call{'s' if most > 1 else ''} of the net", str(calls))

    mistakes = (
        wrong(
            "all places at once",
            {MAF_X: lambda net, z: _at_once(net, z, lambda mu, s: mu + s.exp() * z)},
            "The net was shown what is given, where it reads what is still to be made. Fill in place by place, from zeros.",
            also=(
                {IAF_Z: lambda net, x: _at_once(net, x, lambda mu, s: (x - mu) * (-s).exp())},
                {MAF_X: lambda net, z: _at_once(net, 0 * z, lambda mu, s: mu + s.exp() * z)},
            ),
        ),
        wrong(
            "MAF and IAF exchanged",
            {MAF_Z: lambda net, x: (_iaf_z(net, x), -net(_iaf_z(net, x))[1].sum(1)), IAF_X: lambda net, z: (_maf_x(net, z), net(_maf_x(net, z))[1].sum(1))},
            "MAF's net reads the data, so densities are one call; IAF's reads the noise, so samples are. Here it is the other way round.",
        ),
        wrong(
            "the sign of ladj",
            {MAF_Z: lambda net, x: _maf_z(net, x, part=lambda s: s)},
            "ladj belongs to the direction that the function takes: −Σ s from data to noise, Σ s from noise to data.",
            also=({IAF_X: lambda net, z: _iaf_x(net, z, part=lambda s: -s)},),
        ),
        wrong(
            "ladj is no sum of s",
            {MAF_Z: lambda net, x: _maf_z(net, x, part=lambda s: -s / s.shape[1])},
            "The diagonal is e^s, and ladj the sum of its logarithms over all places: neither a mean, nor a sum of e^s.",
            also=(
                {MAF_Z: lambda net, x: _maf_z(net, x, part=lambda s: -s.exp())},
                {IAF_X: lambda net, z: _iaf_x(net, z, part=lambda s: s / s.shape[1])},
                {IAF_X: lambda net, z: _iaf_x(net, z, part=lambda s: s.exp())},
            ),
        ),
        wrong(
            "scaled before mu is taken away",
            {MAF_Z: lambda net, x: (lambda mu, s: (x * (-s).exp() - mu, -s.sum(1)))(*net(x))},
            "x = mu + e^s z: first mu is taken away, then what is left is divided by e^s.",
            also=({IAF_X: lambda net, z: (lambda mu, s: ((mu + z) * s.exp(), s.sum(1)))(*net(z))},),
        ),
        wrong(
            "s for e^s",
            {MAF_Z: lambda net, x: ((lambda mu, s: ((x - mu) / s, -s.abs().log().sum(1)))(*net(x)))},
            "s is the logarithm of the scale: multiply by e^s, or divide by it.",
            also=({IAF_X: lambda net, z: ((lambda mu, s: (mu + s * z, s.abs().log().sum(1)))(*net(z)))},),
        ),
        wrong(
            "the sign of s",
            {MAF_Z: lambda net, x: _maf_z(net, x, 1), MAF_X: lambda net, z: _maf_x(net, z, -1)},
            "The scale is e^s from noise to data and e^(−s) back.",
            also=({IAF_X: lambda net, z: _iaf_x(net, z, -1), IAF_Z: lambda net, x: _iaf_z(net, x, 1)},),
        ),
        wrong(
            "more calls than needed",
            {MAF_X: lambda net, z: torch.cat([_maf_x(net, row[None]) for row in z])},
            "All rows go through the net together, and after as many calls as there are places, or after one, nothing is left to ask.",
            also=(
                {MAF_Z: lambda net, x: tuple(map(torch.cat, zip(*(_maf_z(net, row[None]) for row in x), strict=True)))},
                {MAF_X: lambda net, z: (_maf_x(net, z), net(z))[0]},
                {IAF_Z: lambda net, x: (_iaf_z(net, x), net(x))[0]},
                {MAF_Z: lambda net, x: (net(x)[0] * 0 + _maf_z(net, x)[0], _maf_z(net, x)[1])},
            ),
        ),
    )  # fmt: skip


def _oracle(of: str, net: Affine, rows: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """(rows, ladj), each with the size of its rounding, one place after the other in float64."""
    out = np.zeros_like(rows)
    for d in range(rows.shape[1]):
        seen = rows if of in (MAF_Z, IAF_X) else out
        mu, s = (part[:, d] for part in net(seen))
        out[:, d] = mu + np.exp(s) * rows[:, d] if of in (MAF_X, IAF_X) else (rows[:, d] - mu) * np.exp(-s)
    mu, s = net(rows if of in (MAF_Z, IAF_X) else out)
    ladj = s.sum(1) if of in (MAF_X, IAF_X) else -s.sum(1)
    steep = np.exp(np.maximum(-s, 0)) if of in (MAF_Z, IAF_Z) else 1.0
    near = 1 + (abs(rows) + abs(mu)).max(axis=1)
    far = (1 + (abs(rows) + abs(mu)) * steep + abs(out)).max(axis=1, keepdims=True)
    grown = np.ones_like(rows) if of in (MAF_Z, IAF_X) else 8.0 ** np.arange(rows.shape[1])
    return [(out, far * grown), (ladj, near + abs(s).sum(1))]
