"""elbo.derivation (long: six lines, each with oracles and mistakes of its own)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from scipy import special

from autograder.judging.compare import arithmetic, exact
from autograder.judging.derivation import Line, Term, judge_chain, judge_line
from autograder.judging.domain import Domain, Like, Made, Place, Reals, Tensor
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, own_laws, pays, wrong
from autograder.oracles import gaussians


def _nodes(rng: np.random.Generator, n: int, offset: float = 0.0) -> SimpleNamespace:
    """A latent with n values: every log probability, with log p(x | z) moved by `offset`."""
    log_prior, log_q = (np.log(rng.dirichlet(np.full(n, 3.0)).clip(1e-3)) for _ in range(2))
    log_prior, log_q = (a - special.logsumexp(a) for a in (log_prior, log_q))
    return _discrete(log_q, log_prior, rng.normal(-1, 1.5, size=n) + offset)


def _discrete(log_q: np.ndarray, log_prior: np.ndarray, log_likelihood: np.ndarray) -> SimpleNamespace:
    """The sums over z, by enumeration with a correctly rounded sum."""
    q, log_joint = np.exp(log_q), log_prior + log_likelihood
    top = log_joint.max()
    log_px = top + math.log(math.fsum(np.exp(log_joint - top)))
    log_posterior = log_joint - log_px
    return SimpleNamespace(
        dz=np.ones(len(q)), log_q=log_q, log_prior=log_prior, log_likelihood=log_likelihood,
        log_joint=log_joint, log_posterior=log_posterior, log_px=log_px,
        reconstruction=math.fsum(q * log_likelihood), kl_prior=math.fsum(q * (log_q - log_prior)),
        elbo=math.fsum(q * (log_joint - log_q)), kl_posterior=math.fsum(q * (log_q - log_posterior)),
    )  # fmt: skip


def _completed(given: dict[str, torch.Tensor]) -> SimpleNamespace:
    """The sums over z of whatever a single line was given; of the rest something, on which that line does not depend."""
    of = {name: exact(tensor) for name, tensor in given.items()}
    nought = np.zeros(len(next(iter(of.values()))))
    dz, log_q, log_prior = of.get("dz", nought + 1), of.get("log_q", nought), of.get("log_prior", nought)
    log_joint = of.get("log_joint", log_prior + of.get("log_likelihood", nought))
    mass = dz * np.exp(log_q)
    top = (log_joint + np.log(dz)).max()
    log_px = top + math.log(math.fsum(np.exp(log_joint + np.log(dz) - top)))
    log_posterior = of.get("log_posterior", log_joint - log_px)
    log_likelihood = of.get("log_likelihood", log_joint - log_prior)
    return SimpleNamespace(
        dz=dz, log_q=log_q, log_prior=log_prior, log_likelihood=log_likelihood,
        log_joint=log_joint, log_posterior=log_posterior, log_px=log_px,
        reconstruction=math.fsum(mass * log_likelihood), kl_prior=math.fsum(mass * (log_q - log_prior)),
        elbo=math.fsum(mass * (log_joint - log_q)), kl_posterior=math.fsum(mass * (log_q - log_posterior)),
    )  # fmt: skip


def _continuous(rng: np.random.Generator) -> SimpleNamespace:
    """z ~ N(0, 1), x | z ~ N(a z + c, s²), q = N(m, v²) on an even grid; every integral in closed form.

    The sum over an even grid with steps of half the narrowest width is exact to e^{−2π²·4} < 10⁻³⁴ for normals.
    """
    a, c, s, m = rng.uniform(0.5, 1.5), rng.normal(), rng.uniform(0.6, 1.5), 0.7 * rng.normal()
    v, x = rng.uniform(0.5, 1.2), c + rng.normal()
    mean, variance = (float(part) for part in gaussians.condition(np.float64(0), 1.0, x - c, a, s**2))
    width, narrow = max(1.0, v), min(v, math.sqrt(variance))
    z = np.arange(min(m, mean, 0) - 10 * width, max(m, mean, 0) + 10 * width, narrow / 2)
    return SimpleNamespace(
        dz=np.full(len(z), z[1] - z[0]),
        log_q=gaussians.log_normal(z, m, v**2),
        log_prior=gaussians.log_normal(z, 0.0, 1.0),
        log_likelihood=gaussians.log_normal(x, a * z + c, s**2),
        log_joint=gaussians.log_normal(z, 0.0, 1.0) + gaussians.log_normal(x, a * z + c, s**2),
        log_posterior=gaussians.log_normal(z, mean, variance),
        log_px=float(gaussians.log_normal(x, c, a**2 + s**2)),
        reconstruction=float(gaussians.log_normal(x, a * m + c, s**2)) - a**2 * v**2 / (2 * s**2),
        kl_prior=gaussians.kl(m, v**2, 0.0, 1.0),
        elbo=float(gaussians.log_normal(x, c, a**2 + s**2)) - gaussians.kl(m, v**2, mean, variance),
        kl_posterior=gaussians.kl(m, v**2, mean, variance),
    )


_BEFORE = ("the starting point", "line 1", "line 2", "the starting point", "line 4", "line 5")
_LINES = ("elbo_integrand", "elbo_split", "elbo_gathered", "evidence", "evidence_split", "evidence_averaged")


_GIVEN = (
    ("log_q", "log_joint"),
    ("log_q", "log_likelihood", "log_prior"),
    ("dz", "log_q", "log_likelihood", "log_prior"),
    ("dz", "log_joint"),
    ("log_q", "log_joint", "log_posterior"),
    ("dz", "log_q", "log_joint", "log_posterior"),
)


def _normalised(place: Place, shares: np.ndarray | None = None) -> torch.Tensor:
    """The logarithm of a density on the grid with the widths dz that were drawn."""
    n = place.sizes["n"]
    shares = place.rng.dirichlet(np.full(n, 2.0)) if shares is None else shares / shares.sum()
    return place.tensor(np.log(shares.clip(1e-30)) - np.log(exact(place.given["dz"])))


def _peaked(place: Place) -> torch.Tensor:
    """Nearly all of the mass at one value of z."""
    shares = np.full(place.sizes["n"], 1e-6)
    shares[place.rng.integers(len(shares))] = 1
    return _normalised(place, shares)


def _posterior(place: Place) -> torch.Tensor:
    """log p(x, z) less log p(x); the widths are known where dz is an argument."""
    log_joint = exact(place.given["log_joint"])
    widths = exact(place.given["dz"]) if "dz" in place.given else np.exp(place.rng.normal())
    return place.tensor(log_joint - special.logsumexp(log_joint + np.log(widths)))


_WIDTHS = Tensor("n", Reals(0, math.inf, reach=(1e-6, 1e3)))
_LOG = Tensor("n", Reals(reach=(1e-3, 30), also=(-1000.0,)))
_LOG_JOINT = Tensor("n", Reals(reach=(1e-3, 1000)), says=("near ±1000 at times",))
_DENSITY = Made(_normalised, (_normalised, _peaked), says=("(n,), so that (dz * exp) adds up to 1",))
_SIZES = {"n": (1, 12, 100)}


@exercise("elbo.derivation", _LINES, kind="derivation")
class Derivation(Exercise):
    """∫ q log p(x, z)/q = E_q log p(x | z) − KL(q ‖ p(z)), and log p(x) − ∫ q log p(x, z)/q = KL(q ‖ p(z | x))."""

    domain = {
        "elbo_integrand": Domain(
            {"log_q": _LOG, "log_joint": _LOG_JOINT}, sizes=_SIZES, draws=2, returns={"integrand": Like("log_q")}
        ),
        "elbo_split": Domain(
            {"log_q": _LOG, "log_likelihood": Tensor("n"), "log_prior": Tensor("n")},
            sizes=_SIZES,
            draws=2,
            returns={name: Like("log_q") for name in ("likelihood", "prior", "entropy")},
        ),
        "elbo_gathered": Domain(
            {"dz": _WIDTHS, "log_q": _DENSITY, "log_likelihood": Tensor("n"), "log_prior": _DENSITY},
            sizes=_SIZES,
            draws=2,
        ),
        "evidence": Domain(
            {"dz": _WIDTHS, "log_joint": _LOG_JOINT},
            sizes=_SIZES,
            draws=2,
            returns={"log_posterior": Like("log_joint")},
        ),
        "evidence_split": Domain(
            {
                "log_q": _LOG,
                "log_joint": Tensor("n"),
                "log_posterior": Made(_posterior, says=("(n,), log_joint less log p(x)",)),
            },
            sizes=_SIZES,
            draws=2,
            returns={"bound": Like("log_q"), "gap": Like("log_q")},
        ),
        "evidence_averaged": Domain(
            {
                "dz": _WIDTHS,
                "log_q": _DENSITY,
                "log_joint": Tensor("n"),
                "log_posterior": Made(_posterior, says=("(n,), so that (dz * exp) adds up to 1",)),
            },
            sizes=_SIZES,
            draws=2,
        ),
    }

    line_1 = pays("line 1 is the integrand of the bound, at every z")
    line_2 = pays("line 2 takes the joint and the logarithm apart, term by term, at every z")
    line_3 = pays("line 3 gathers the terms into a reconstruction and a divergence from the prior")
    line_4 = pays("line 4 gets log p(x) and the posterior from the joint alone")
    line_5 = pays("line 5 brings q in and leaves log p(x) what it is, at every z")
    line_6 = pays("line 6 averages over q: the bound, and a divergence from the posterior")

    hints = (
        "Lines 1 to 3: p(x, z) = p(x | z) p(z), and the logarithm of a product is a sum. Which of the terms make a KL?",
        "Line 4: sum the joint over all z to get p(x), and use Bayes' rule. Never take exp of a log density as it "
        "comes: take the largest out first, or let torch do so.",
        "Lines 5 and 6: log p(x) = log p(x, z) − log p(z | x) holds at every z. How does q come into such a difference "
        "without changing it? And what does an average under q make of a constant?",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        two = np.log([[0.8, 0.2], [0.5, 0.5], [0.6, 0.3]])
        yield self._case(_discrete(*two), torch.float64, "cpu")
        for dtype, device in arithmetic():
            yield self._case(_nodes(rng, int(rng.integers(3, 12))), dtype, device)
            yield self._case(_continuous(rng), dtype, device)
            yield self._case(_continuous(rng), dtype, device)
            for offset in (-1000.0, 1000.0):
                yield self._case(_nodes(rng, 4, offset), dtype, device)

    def _case(self, model: SimpleNamespace, dtype: torch.dtype, device: str) -> Case:
        def given(name: str) -> torch.Tensor:
            return torch.tensor(getattr(model, name), dtype=dtype, device=device)

        asks = (
            call(line, *map(given, names)).about(law)
            for line, names, law in zip(_LINES, _GIVEN, own_laws(self), strict=True)
        )
        return case(*asks, model=model, dtype=dtype, line=None)

    def case_of(self, name: str, given: dict[str, torch.Tensor]) -> Case:
        """One line by itself."""
        number, (first, *_) = _LINES.index(name), given.values()
        asked = call(name, *given.values())
        return case(asked, about=(own_laws(self)[number],), model=_completed(given), dtype=first.dtype, line=number)

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        lines = self._lines(case.model)
        if case.line is not None:
            line = lines[case.line]
            yield from judge_line(line.law, case.line + 1, answers[0], line.terms, case.dtype, after=_BEFORE[case.line])
            return
        yield from judge_chain(lines[:3], answers[:3], case.dtype)
        yield from judge_chain(lines[3:], answers[3:], case.dtype, first=4)

    def _lines(self, of: SimpleNamespace) -> list[Line]:
        """What each term is, and the size of what is rounded on the way to it.

        Every logarithm reaches the student rounded, by ε times its size; exp turns that into a relative error of q.
        """
        q = np.exp(of.log_q)
        rough = 1 + abs(of.log_q)
        # what a term may be off by at each z, if it is log q, log p(z), …, computed in any sound way
        size = {name: 1 + abs(getattr(of, name)) for name in ("log_q", "log_prior", "log_likelihood", "log_posterior")}
        size["log_joint"] = size["log_prior"] + size["log_likelihood"]
        weight = of.dz * q * rough

        def local(*names: str) -> np.ndarray:
            return q * rough * sum(size[name] for name in names) + 1e-30  # in float32 q may underflow to 0

        def total(*names: str) -> float:
            return float(sum(weight @ size[name] for name in names))

        at = np.argmax(of.log_joint + np.log(of.dz))
        joint_mass = float(max(size["log_joint"][at] + abs(np.log(of.dz[at])), abs(of.log_px)) + 10)
        return [
            Line(
                self.line_1,
                {"integrand": Term(-_log_ratio(q, of.log_q, of.log_joint), local("log_joint", "log_q"))},
                lambda t: of.dz @ t["integrand"],
            ),
            Line(
                self.line_2,
                {
                    "likelihood": Term(q * of.log_likelihood, local("log_likelihood")),
                    "prior": Term(q * of.log_prior, local("log_prior")),
                    "entropy": Term(special.entr(q), local("log_q")),
                },
                lambda t: of.dz @ (t["likelihood"] + t["prior"] + t["entropy"]),
            ),
            Line(
                self.line_3,
                {
                    "reconstruction": Term(of.reconstruction, total("log_likelihood")),
                    "kl": Term(of.kl_prior, total("log_q", "log_prior")),
                },
                lambda t: t["reconstruction"] - t["kl"],
            ),
            Line(
                self.line_4,
                {
                    "log_px": Term(of.log_px, joint_mass),
                    "log_posterior": Term(of.log_posterior, size["log_joint"] + joint_mass),
                },
                lambda t: t["log_px"],
            ),
            Line(
                self.line_5,
                {
                    "bound": Term(of.log_joint - of.log_q, size["log_joint"] + size["log_q"]),
                    "gap": Term(of.log_q - of.log_posterior, size["log_q"] + size["log_posterior"]),
                },
                lambda t: t["bound"] + t["gap"],
            ),
            Line(
                self.line_6,
                {
                    "elbo": Term(of.elbo, total("log_joint", "log_q")),
                    "kl": Term(of.kl_posterior, total("log_q", "log_posterior")),
                },
                lambda t: t["elbo"] + t["kl"],
            ),
        ]

    mistakes = (
        wrong(
            "the weight q is forgotten",
            {"elbo_integrand": lambda log_q, log_joint: {"integrand": log_joint - log_q}},
            "Line 1 has lost its weight: an expectation under q is an integral over q(z) times the rest.",
        ),
        wrong(
            "q is not divided by",
            {"elbo_integrand": lambda log_q, log_joint: {"integrand": log_q.exp() * log_joint}},
            "The logarithm is that of p(x, z)/q(z): log q(z) has to be subtracted.",
        ),
        wrong(
            "the weight stands inside the logarithm",
            {"elbo_integrand": lambda log_q, log_joint: {"integrand": log_q + log_joint - log_q}},
            "q(z) was multiplied into the fraction under the logarithm, where it cancels. It weights the logarithm.",
        ),
        wrong(
            "the sign of the entropy",
            {"elbo_split": lambda *a: _split(*a, sign=1)},
            "log q(z) stands under the fraction line, so it enters with a minus: the entropy term is not negative here.",
        ),
        wrong(
            "terms without their weight",
            {"elbo_split": lambda log_q, log_l, log_p: {"likelihood": log_l, "prior": log_p, "entropy": -log_q}},
            "Each of the three terms is still weighted by q(z): the integral of line 1 is split, not left.",
        ),
        wrong(
            "the prior weights itself",
            {"elbo_split": lambda log_q, log_l, log_p: {**_split(log_q, log_l, log_p), "prior": log_p.exp() * log_p}},
            "The prior term was weighted by p(z). All three expectations run over the same q(z).",
        ),
        wrong(
            "the divergence with the wrong sign",
            {"elbo_gathered": lambda *a: _gathered(*a, sign=-1)},
            "What is called kl here is E_q log p(z)/q(z), which is minus the divergence: a KL is never negative.",
        ),
        wrong(
            "the divergence the wrong way round",
            {"elbo_gathered": lambda *a: _gathered_back(*a)},
            "The expectation in this divergence runs over the prior. Everything in the bound is averaged over q.",
            also=({"elbo_gathered": lambda *a: _gathered_back(*a, sign=-1)},),
        ),
        wrong(
            "the prior stays with the reconstruction",
            {"elbo_gathered": lambda dz, log_q, log_l, log_p: _prior_with_reconstruction(dz, log_q, log_l, log_p)},
            "The line as a whole is right, but log p(z) was left in the reconstruction, and what remains is no KL.",
        ),
        wrong(
            "dz is forgotten",
            {
                "elbo_gathered": lambda dz, *a: _gathered(torch.ones_like(dz), *a),
                "evidence": lambda dz, log_joint: _evidence(torch.ones_like(dz), log_joint),
                "evidence_averaged": lambda dz, *a: _averaged(torch.ones_like(dz), *a),
            },
            "A sum over grid points becomes an integral by the width dz of their cells; only for a discrete z is it 1.",
        ),
        wrong(
            "exponentiated too early",
            {"evidence": lambda dz, log_joint: _evidence_early(dz, log_joint)},
            "exp was taken of log densities as they come, and underflows or overflows near ±1000: take the largest out first.",
            also=tuple(
                {"evidence": lambda dz, log_joint, kind=kind: _evidence_late(dz, log_joint, kind)}
                for kind in (torch.float32, torch.float64)
            ),
        ),
        wrong(
            "the posterior is not normalised",
            {"evidence": lambda dz, log_joint: {**_evidence(dz, log_joint), "log_posterior": log_joint}},
            "The joint is the posterior times p(x): log p(x) must be subtracted, so that the posterior sums to one.",
        ),
        wrong(
            "an average of the logarithm",
            {"evidence": lambda dz, log_joint: _evidence_of_mean(dz, log_joint)},
            "p(x) is a sum of probabilities. A mean of their logarithms is something else (by Jensen, something smaller).",
        ),
        wrong(
            "q is not brought in",
            {"evidence_split": lambda log_q, log_j, log_post: {"bound": log_j - log_post, "gap": 0 * log_q}},
            "The sum is right, but all of log p(x) stands in the first term: subtract log q there and add it to the second.",
        ),
        wrong(
            "the second ratio upside down",
            {"evidence_split": lambda log_q, log_j, log_post: {"bound": log_j - log_q, "gap": log_post - log_q}},
            "log q was subtracted from the first term, so it must be added in the second: log q − log p(z | x).",
        ),
        wrong(
            "the signs of both are turned",
            {"evidence_split": lambda log_q, log_j, log_post: {"bound": log_q - log_j, "gap": log_post - log_q}},
            "Both ratios are upside down: their sum is −log p(x).",
        ),
        wrong(
            "the average runs over the posterior",
            {"evidence_averaged": lambda dz, log_q, log_j, log_post: _averaged(dz, log_q, log_j, log_post, over=log_post)},
            "Line 5 was averaged with p(z | x). The sum is the same, but the first term is the bound only under q.",
        ),
        wrong(
            "the gap the wrong way round",
            {
                "evidence_averaged": lambda dz, log_q, log_j, log_post: {
                    **_averaged(dz, log_q, log_j, log_post),
                    "kl": (dz * log_post.exp() * (log_post - log_q)).sum(),
                }
            },
            "This is KL(p(z | x) ‖ q). The gap is the other one, in which the expectation runs over q.",
        ),
        wrong(
            "a plain mean over z",
            {
                "evidence_averaged": lambda dz, log_q, log_j, log_post: {
                    "elbo": (log_j - log_q).mean(),
                    "kl": (log_q - log_post).mean(),
                }
            },
            "All z were given the same weight. The average is the one under q(z).",
        ),
        wrong(
            "one of the two averaged over the posterior",
            {
                "evidence_averaged": lambda dz, log_q, log_j, log_post: {
                    **_averaged(dz, log_q, log_j, log_post),
                    "elbo": _averaged(dz, log_q, log_j, log_post, over=log_post)["elbo"],
                }
            },
            "One of the two terms was averaged with p(z | x). Both expectations of this line run over q.",
            also=(
                {
                    "evidence_averaged": lambda dz, log_q, log_j, log_post: {
                        **_averaged(dz, log_q, log_j, log_post),
                        "kl": _averaged(dz, log_q, log_j, log_post, over=log_post)["kl"],
                    }
                },
            ),
        ),
        wrong(
            "the second term with the wrong sign",
            {
                "evidence_averaged": lambda dz, log_q, log_j, log_post: {
                    "elbo": _averaged(dz, log_q, log_j, log_post)["elbo"],
                    "kl": -_averaged(dz, log_q, log_j, log_post)["kl"],
                }
            },
            "This is E_q log p(z | x)/q(z), which is minus the divergence: a KL is never negative.",
        ),
    )  # fmt: skip


def _log_ratio(q: np.ndarray, log_q: np.ndarray, log_p: np.ndarray) -> np.ndarray:
    """q (log q − log p) as scipy's relative entropy, with the largest p taken out so that none underflows."""
    top = log_p.max()
    with np.errstate(all="ignore"):
        found = special.rel_entr(q, np.exp(log_p - top)) - q * top
    return np.where(np.isfinite(found), found, q * (log_q - log_p))


def _split(log_q: torch.Tensor, log_l: torch.Tensor, log_p: torch.Tensor, sign: int = -1) -> dict[str, torch.Tensor]:
    q = log_q.exp()
    return {"likelihood": q * log_l, "prior": q * log_p, "entropy": sign * q * log_q}


def _gathered(dz, log_q, log_l, log_p, sign: int = 1) -> dict[str, torch.Tensor]:
    q = dz * log_q.exp()
    return {"reconstruction": (q * log_l).sum(), "kl": sign * (q * (log_q - log_p)).sum()}


def _gathered_back(dz, log_q, log_l, log_p, sign: int = 1) -> dict[str, torch.Tensor]:
    """KL(p ‖ q), or with the sign −1 the same logarithm of q/p, averaged over the prior."""
    return {**_gathered(dz, log_q, log_l, log_p), "kl": sign * (dz * log_p.exp() * (log_p - log_q)).sum()}


def _prior_with_reconstruction(dz, log_q, log_l, log_p) -> dict[str, torch.Tensor]:
    q = dz * log_q.exp()
    return {"reconstruction": (q * (log_l + log_p)).sum(), "kl": (q * log_q).sum()}


def _evidence(dz: torch.Tensor, log_joint: torch.Tensor) -> dict[str, torch.Tensor]:
    log_px = (dz.log() + log_joint).logsumexp(0)
    return {"log_px": log_px, "log_posterior": log_joint - log_px}


def _evidence_early(dz: torch.Tensor, log_joint: torch.Tensor) -> dict[str, torch.Tensor]:
    px = (dz * log_joint.exp()).sum()
    return {"log_px": px.log(), "log_posterior": (log_joint.exp() / px).log()}


def _evidence_late(dz: torch.Tensor, log_joint: torch.Tensor, kind: torch.dtype) -> dict[str, torch.Tensor]:
    """The same for p(x) alone, in the type that came or in float64; the posterior by a difference of logarithms."""
    kind = torch.promote_types(kind, log_joint.dtype)
    log_px = (dz.to(kind) * log_joint.to(kind).exp()).sum().log().to(log_joint)
    return {"log_px": log_px, "log_posterior": log_joint - log_px}


def _evidence_of_mean(dz: torch.Tensor, log_joint: torch.Tensor) -> dict[str, torch.Tensor]:
    log_px = (dz * log_joint).sum() / dz.sum()
    return {"log_px": log_px, "log_posterior": log_joint - log_px}


def _averaged(dz, log_q, log_j, log_post, over=None) -> dict[str, torch.Tensor]:
    q = dz * (log_q if over is None else over).exp()
    return {"elbo": (q * (log_j - log_q)).sum(), "kl": (q * (log_q - log_post)).sum()}
