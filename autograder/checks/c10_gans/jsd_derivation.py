"""gan.jsd_derivation (long: six lines, each with oracles and mistakes of its own)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from scipy import special

from autograder.checks.c10_gans.jsd import divergence
from autograder.checks.c10_gans.shared import Verdicts, weights
from autograder.judging.compare import arithmetic, exact
from autograder.judging.derivation import Line, Term, judge_chain, judge_line
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, own_laws, pays, wrong

LOG2 = math.log(2)
_LINES = (
    "objective_terms",
    "pushed_terms",
    "optimum_terms",
    "mixture_terms",
    "divergence_terms",
    "jsd_terms",
)


def _some(place: Place) -> torch.Tensor:
    return weights(place, 0.25)


def _full(place: Place) -> torch.Tensor:
    return weights(place)


def _same(place: Place) -> torch.Tensor:
    return place.given["p_data"].clone()


def _noise(place: Place) -> torch.Tensor:
    return weights(place, axis="m")


def _idle(place: Place) -> torch.Tensor:
    """Noise of which one value never comes, where there are several."""
    mass = _noise(place)
    mass[mass.argmin()] *= len(mass) == 1
    return mass / mass.sum()


def _image(place: Place) -> torch.Tensor:
    return torch.tensor(place.rng.integers(place.sizes["n"], size=place.sizes["m"]), device=place.device)


def _collapsed(place: Place) -> torch.Tensor:
    """All noise at one point."""
    return torch.full((place.sizes["m"],), int(place.rng.integers(place.sizes["n"])), device=place.device)


_MASS = ("(n,)", "no entry negative", "the sum is 1")
_WEIGHT = Number(Reals(0, 1, "(]", reach=(1e-3, 1.0), also=(0.5,)))
_P_DATA = Made(_some, (_full, _some), says=_MASS)
_BEFORE = {
    "p_data": _P_DATA,
    "d": Tensor("n", Verdicts()),
    "p_z": Made(_noise, (_noise, _idle), says=("(m,)", "no entry negative", "the sum is 1")),
    "image": Made(_image, (_image, _collapsed), says=("(m,)", "int64", "entries 0 … n − 1")),
    "weight": _WEIGHT,
}
_AFTER = {"p_data": _P_DATA, "p_model": Made(_some, (_full, _same), says=_MASS), "weight": _WEIGHT}
_SIZES = {"n": (1, 5, 30), "m": (1, 6, 40)}


def _like(*names: str) -> dict[str, Like]:
    return dict.fromkeys(names, Like("p_data"))


@exercise("gan.jsd_derivation", _LINES, kind="derivation")
class JsdDerivation(Exercise):
    """max_D w E log D + w E log(1 − D(G(z))) = 2w JSD(p*, p_θ) − 2w log 2, line by line; w = ½ or 1."""

    domain = {
        "objective_terms": Domain(_BEFORE, sizes=_SIZES, draws=2, most=16, returns=_like("real", "fake")),
        "pushed_terms": Domain(_BEFORE, sizes=_SIZES, draws=2, most=16, returns=_like("p_model", "real", "fake")),
        "optimum_terms": Domain(_AFTER, sizes=_SIZES, draws=2, most=12, returns=_like("real", "fake")),
        "mixture_terms": Domain(_AFTER, sizes=_SIZES, draws=2, most=12, returns=_like("real", "fake")),
        "divergence_terms": Domain(_AFTER, sizes=_SIZES, draws=2, most=12),
        "jsd_terms": Domain(_AFTER, sizes=_SIZES, draws=2, most=12),
    }

    line_1 = pays("line 1 has the objective's terms, at every x and at every z")
    line_2 = pays("line 2 turns the average over noise into one over generated points")
    line_3 = pays("line 3 puts the optimal discriminator in, at every x")
    line_4 = pays("line 4 brings in the mixture and pays for it with the logarithm of 2")
    line_5 = pays("line 5 gathers the terms into two divergences from the mixture")
    line_6 = pays("line 6 gathers the two divergences into one JSD, with the factor and constant of the weighting")

    hints = (
        "Lines 1 and 2: all noises that land at the same x are one generated point. What is the probability of that x?",
        "Lines 3 and 4: 1 − D* is a share as well. A denominator p* + p_θ is twice the mixture: what does the 2 "
        "become when it leaves the logarithm, and with which weight is it averaged?",
        "Lines 5 and 6: E_p log(p/m) is a divergence. JSD has two halves in it: compare with the weight that stands there.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        readable = {
            "p_data": [0.5, 0.5], "d": [0.8, 0.25], "p_z": [0.25, 0.25, 0.5], "image": [0, 1, 1], "weight": 0.5,
        }  # fmt: skip
        yield self._chain(self._tensors(readable, torch.float64, "cpu"))
        for dtype, device in arithmetic():
            for n, m, weight in ((3, 5, 0.5), (4, 6, 1.0), (3, 8, float(rng.uniform(0.1, 0.9)))):
                given = {
                    "p_data": rng.dirichlet(np.full(n, 1.5)),
                    "d": rng.uniform(0.1, 0.9, size=n),
                    "p_z": rng.dirichlet(np.full(m, 2.0)),
                    "image": [*range(min(n, m)), *rng.integers(n, size=m - min(n, m))],
                    "weight": weight,
                }
                yield self._chain(self._tensors(given, dtype, device))

    @staticmethod
    def _tensors(given: dict[str, Any], dtype: torch.dtype, device: str) -> dict[str, Any]:
        made = {name: floats(given[name], dtype, device) for name in ("p_data", "d", "p_z")}
        return {**made, "image": torch.tensor(given["image"], device=device), "weight": given["weight"]}

    def _chain(self, given: dict[str, Any]) -> Case:
        """All six lines about one generator."""
        pushed = torch.zeros_like(given["p_data"]).index_add(0, given["image"], given["p_z"])
        after = {"p_data": given["p_data"], "p_model": pushed, "weight": given["weight"]}
        places = [given, given, after, after, after, after]
        asks = (
            call(name, *place.values()).about(law)
            for name, place, law in zip(_LINES, places, own_laws(self), strict=True)
        )
        return case(*asks, given={**given, "p_model": pushed}, dtype=given["p_data"].dtype, line=None)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        number = _LINES.index(name)
        asked = call(name, *given.values())
        return case(asked, about=(own_laws(self)[number],), given=given, dtype=given["p_data"].dtype, line=number)

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        if case.line is not None:
            lines = self._before(case.given) if case.line < 2 else [None, None, *self._after(case.given)]
            line = lines[case.line]
            after = "the best D's definition" if case.line == 2 else None
            yield from judge_line(line.law, case.line + 1, answers[0], line.terms, case.dtype, after=after)
            return
        yield from judge_chain(self._before(case.given), answers[:2], case.dtype)
        yield from judge_chain(self._after(case.given), answers[2:], case.dtype, first=3)

    def _before(self, given: dict[str, Any]) -> list[Line]:
        """Any D: the sums over z are done one noise after the other."""
        p, d, p_z, w = (exact(given[name]) for name in ("p_data", "d", "p_z", "weight"))
        image = given["image"].cpu().numpy()
        pushed, fake_at = np.zeros(len(p)), np.zeros(len(p))
        for mass, x in zip(p_z, image, strict=True):
            pushed[x] += mass
            fake_at[x] += w * mass * np.log1p(-d[x])
        real, fake_z = w * p * np.log(d), w * p_z * np.log1p(-d[image])
        size = w * p * (1 - np.log(d)), w * p_z * (1 - np.log1p(-d[image])), w * pushed * (1 - np.log1p(-d))
        room = 1e-30
        return [
            Line(
                self.line_1,
                {"real": Term(real, size[0] + room), "fake": Term(fake_z, size[1] + room)},
                lambda t: t["real"].sum() + t["fake"].sum(),
            ),
            Line(
                self.line_2,
                {
                    "p_model": Term(pushed, pushed + room),
                    "real": Term(real, size[0] + room),
                    "fake": Term(fake_at, size[2] + room),
                },
                lambda t: t["real"].sum() + t["fake"].sum(),
            ),
        ]

    def _after(self, given: dict[str, Any]) -> list[Line]:
        """With the best D. Shares by scipy's relative entropy, JSD by entropies."""
        p, q, w = (exact(given[name]) for name in ("p_data", "p_model", "weight"))
        m = (p + q) / 2
        shares = [w * special.rel_entr(v, p + q) for v in (p, q)]
        ratios = [w * special.rel_entr(v, m) for v in (p, q)]
        kl = [math.fsum(special.rel_entr(v, m)) for v in (p, q)]
        constant = Term(-2 * w * LOG2)

        def rough(v: np.ndarray) -> np.ndarray:
            return w * v * (1 + np.log((p + q) / np.where(v > 0, v, p + q + 1)).clip(0)) + 1e-30

        real, fake = rough(p), rough(q)
        return [
            Line(
                self.line_3,
                {"real": Term(shares[0], real), "fake": Term(shares[1], fake)},
                lambda t: t["real"].sum() + t["fake"].sum(),
            ),
            Line(
                self.line_4,
                {"real": Term(ratios[0], real), "fake": Term(ratios[1], fake), "constant": constant},
                lambda t: t["real"].sum() + t["fake"].sum() + t["constant"],
            ),
            Line(
                self.line_5,
                {"kl_data": Term(kl[0], 1.0), "kl_model": Term(kl[1], 1.0), "constant": constant},
                lambda t: w * (t["kl_data"] + t["kl_model"]) + t["constant"],
            ),
            Line(
                self.line_6,
                {"factor": Term(2 * w), "jsd": Term(divergence(p, q), 1.0), "constant": constant},
                lambda t: t["factor"] * t["jsd"] + t["constant"],
            ),
        ]

    mistakes = (
        wrong(
            "D of the generated points taken as it is",
            {
                "objective_terms": lambda p, d, p_z, image, w: {
                    "real": w * p * d.log(), "fake": w * p_z * d[image].log(),
                }
            },
            "The noise's terms have log D(G(z)); the objective has log(1 − D(G(z))).",
        ),
        wrong(
            "the weighting is forgotten",
            {
                "objective_terms": lambda p, d, p_z, image, w: {
                    "real": p * d.log(), "fake": p_z * (1 - d[image]).log(),
                },
                "pushed_terms": lambda p, d, p_z, image, w: _pushed(p, d, p_z, image, 1.0),
                "optimum_terms": lambda p, q, w: _optimum(p, q, 1.0),
            },
            "The weight w of the two expectations is missing: it is ½ in one form of the game and 1 in the other.",
        ),
        wrong(
            "the probabilities are forgotten",
            {
                "objective_terms": lambda p, d, p_z, image, w: {"real": w * d.log(), "fake": w * (1 - d[image]).log()}
            },
            "An expectation weighs each value with its probability: p*(x) and p(z) are missing.",
        ),
        wrong(
            "one noise for each point",
            {
                "pushed_terms": lambda p, d, p_z, image, w: _pushed(
                    p, d, p_z, image, w, torch.zeros_like(p).index_put((image,), p_z)
                )
            },
            "Where several noises land at one x, only one of them was counted. Their probabilities add up.",
        ),
        wrong(
            "noises counted, not weighed",
            {
                "pushed_terms": lambda p, d, p_z, image, w: _pushed(
                    p, d, p_z, image, w, torch.bincount(image, minlength=len(p)).to(p) / len(image)
                )
            },
            "The noises were counted. They are not equally probable: add p(z) up over those that land at x.",
        ),
        wrong(
            "the data's probabilities on both terms",
            {
                "pushed_terms": lambda p, d, p_z, image, w: {
                    **_pushed(p, d, p_z, image, w), "fake": w * p * (1 - d).log(),
                }
            },
            "The second expectation was taken over the data. It runs over p_θ, the distribution of G(z).",
        ),
        wrong(
            "zero times minus infinity",
            {
                "optimum_terms": lambda p, q, w: {
                    "real": w * p * (p / (p + q)).log(), "fake": w * q * (q / (p + q)).log(),
                },
                "mixture_terms": lambda p, q, w: {
                    "real": w * p * (2 * p / (p + q)).log(), "fake": w * q * (2 * q / (p + q)).log(),
                    "constant": -2 * w * LOG2,
                },
            },
            "A value without mass gives 0 · log 0, which floats call NaN. Its limit is 0.",
        ),
        wrong(
            "D* in both terms",
            {
                "optimum_terms": lambda p, q, w: {
                    "real": _optimum(p, q, w)["real"], "fake": w * torch.xlogy(q, p / (p + q).clamp_min(1e-38)),
                }
            },
            "The second term has log D*. It is log(1 − D*), and 1 − D* is the model's share.",
        ),
        wrong(
            "the sign of the logarithm of 2",
            {"mixture_terms": lambda p, q, w: {**_mixture(p, q, w), "constant": 2 * w * LOG2}},
            "Halving the denominators makes each logarithm larger by log 2: the constant takes that away again.",
        ),
        wrong(
            "log 2 whatever the weighting",
            {
                "mixture_terms": lambda p, q, w: {**_mixture(p, q, w), "constant": -LOG2},
                "divergence_terms": lambda p, q, w: {**_divergences(p, q), "constant": -LOG2},
                "jsd_terms": lambda p, q, w: {"factor": 2 * w, "jsd": _jsd(p, q), "constant": -LOG2},
            },
            "The constant is −log 2 for the weights ½ only. Each expectation pays w log 2: together −2w log 2.",
        ),
        wrong(
            "log 2 paid once",
            {"mixture_terms": lambda p, q, w: {**_mixture(p, q, w), "constant": -w * LOG2}},
            "The logarithm of 2 leaves both expectations, so it is paid twice, each time with the weight w.",
        ),
        wrong(
            "the mixture is not there yet",
            {"mixture_terms": lambda p, q, w: {**_optimum(p, q, w), "constant": -2 * w * LOG2}},
            "The denominators are still p* + p_θ. The constant stands for their halves.",
        ),
        wrong(
            "each from the other",
            {
                "divergence_terms": lambda p, q, w: {
                    "kl_data": _kl(p, q), "kl_model": _kl(q, p), "constant": -2 * w * LOG2,
                }
            },
            "The divergences are between the two distributions. In line 4 each is compared with the mixture.",
        ),
        wrong(
            "the weight inside the divergences",
            {
                "divergence_terms": lambda p, q, w: {
                    "kl_data": w * _kl(p, (p + q) / 2), "kl_model": w * _kl(q, (p + q) / 2), "constant": -2 * w * LOG2,
                }
            },
            "The weight was multiplied in. The divergences themselves are asked for; w stands before them.",
        ),
        wrong(
            "the two divergences added",
            {"jsd_terms": lambda p, q, w: {"factor": w, "jsd": 2 * _jsd(p, q), "constant": -2 * w * LOG2}},
            "The product is right, but what is called jsd is the sum of the two divergences. JSD is their mean.",
        ),
        wrong(
            "factor 1 whatever the weighting",
            {"jsd_terms": lambda p, q, w: {"factor": 1.0, "jsd": _jsd(p, q), "constant": -2 * w * LOG2}},
            "The factor is 1 for the weights ½ only; without weights the value is 2 JSD − log 4.",
            also=({"jsd_terms": lambda p, q, w: {"factor": w, "jsd": _jsd(p, q), "constant": -2 * w * LOG2}},),
        ),
    )  # fmt: skip


def _pushed(p, d, p_z, image, w, p_model=None) -> dict[str, torch.Tensor]:
    q = torch.zeros_like(p).index_add(0, image, p_z) if p_model is None else p_model
    return {"p_model": q, "real": w * p * d.log(), "fake": w * q * (1 - d).log()}


def _optimum(p: torch.Tensor, q: torch.Tensor, w: float) -> dict[str, torch.Tensor]:
    return {
        "real": w * (torch.xlogy(p, p) - torch.xlogy(p, p + q)),
        "fake": w * (torch.xlogy(q, q) - torch.xlogy(q, p + q)),
    }


def _mixture(p: torch.Tensor, q: torch.Tensor, w: float) -> dict[str, Any]:
    shares = _optimum(p, q, w)
    return {"real": shares["real"] + w * p * LOG2, "fake": shares["fake"] + w * q * LOG2, "constant": -2 * w * LOG2}


def _kl(p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()


def _divergences(p: torch.Tensor, q: torch.Tensor) -> dict[str, torch.Tensor]:
    return {"kl_data": _kl(p, (p + q) / 2), "kl_model": _kl(q, (p + q) / 2)}


def _jsd(p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    return sum(_divergences(p, q).values()) / 2
