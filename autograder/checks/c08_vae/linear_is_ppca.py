"""vae.linear_is_ppca (long: an optimum, a gap and a scale, each with mistakes of its own)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import EPSILON, FACTOR, arithmetic, close, exact, has_shape, kind_of, number, show
from autograder.judging.compare import values as numbers
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor, Wholes
from autograder.judging.draw import PYTHON, floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import ppca

VAE, GAP, SCALE = "linear_vae", "independent_gap", "best_scale"
PARTS = ("W", "V", "sigma", "active")
TIGHT = 1e-8  # nats, beside what rounding costs: the bound is flat at its optimum
SCALES = Reals(0, math.inf, reach=(0.2, 20), usual=(0.4, 1.5))
COV = ("(D, D)", "symmetric and positive definite", "the covariance of the data")


def covariance(rng: np.random.Generator, variances: Any, dtype: torch.dtype, device: str = "cpu") -> torch.Tensor:
    """With these eigenvalues, in directions drawn at random."""
    Q = np.linalg.qr(rng.normal(size=(len(variances), len(variances))))[0]
    S = (Q * np.asarray(variances)) @ Q.T
    return floats((S + S.T) / 2, dtype, device)


def _drawn(place: Place) -> torch.Tensor:
    variances = np.exp(place.rng.uniform(math.log(0.05), math.log(20), size=place.sizes["D"]))
    return covariance(place.rng, variances, place.dtype, place.device)


def _alike(place: Place) -> torch.Tensor:
    """The same variance in all directions: any of them will do."""
    return covariance(place.rng, np.full(place.sizes["D"], 2.0), place.dtype, place.device)


def _decided(cov: torch.Tensor, d: int, s: float) -> bool:
    """No direction varies just as much as the noise, so that the active ones can be counted."""
    return bool((abs(np.linalg.eigvalsh(exact(cov)) / s**2 - 1) > 0.02).all())


def _laid_out(length: Callable, precision: Callable, order: int = -1, noise: Callable = lambda s: s) -> Callable:
    """linear_vae with other lengths of the columns, other precisions of q, other directions or another noise."""

    def linear_vae(cov: torch.Tensor, d: int, s: float) -> dict[str, Any]:
        s = noise(s)
        variances, U = torch.linalg.eigh(cov)
        if order < 0:
            variances, U = variances.flip(0), U.flip(1)
        variances, U = variances[:d], U[:, :d]
        long = length(variances, s)
        W, sharp = U * long, precision(long, s)
        return {"W": W, "V": W.T / s**2 / sharp[:, None], "sigma": sharp.rsqrt(), "active": int((long > 0).sum())}

    return linear_vae


def _length(variances: torch.Tensor, s: float) -> torch.Tensor:
    return (variances - s**2).clamp(min=0).sqrt()


def _precision(long: torch.Tensor, s: float) -> torch.Tensor:
    return 1 + long**2 / s**2


_right = _laid_out(_length, _precision)


def _then(change: Callable) -> Callable:
    """linear_vae, and something done to its parts."""

    def linear_vae(cov: torch.Tensor, d: int, s: float) -> dict[str, Any]:
        parts = _right(cov, d, s)
        return {**parts, **change(parts, s)}

    return linear_vae


def _rotated(parts: dict[str, Any], s: float) -> dict[str, torch.Tensor]:
    """The columns of W turned by 45° in pairs, with the best encoder for that."""
    W, d = parts["W"].clone(), parts["W"].shape[1]
    for j in range(0, d - 1, 2):
        W[:, j], W[:, j + 1] = (W[:, j] + W[:, j + 1]) / 2**0.5, (W[:, j] - W[:, j + 1]) / 2**0.5
    precision = torch.eye(d).to(W) + W.T @ W / s**2
    return {"W": W, "V": torch.linalg.solve(precision, W.T) / s**2, "sigma": precision.diagonal().rsqrt()}


def _gap(W: torch.Tensor, s: float, own: float = 1.0, scale: float = 0.5) -> torch.Tensor:
    precision = own * torch.eye(W.shape[1]).to(W) + W.T @ W / s**2
    return scale * (precision.diagonal().log().sum() - torch.linalg.slogdet(precision)[1])


def _gap_of(L: torch.Tensor, log_det: Callable = torch.logdet) -> torch.Tensor:
    return 0.5 * (L.diagonal().log().sum() - log_det(L))


def _told_apart(*numbers: float) -> list[str]:
    """With as many digits as it takes."""
    said = ([f"{value:#.{digits}g}" for value in numbers] for digits in range(4, 17))
    return next((pair for pair in said if len({*pair}) > 1), [show(value) for value in numbers])


@exercise("vae.linear_is_ppca", (VAE, GAP, SCALE))
class LinearIsPpca(Exercise):
    """The best W has √(λ_j − s²) u_j as columns; then q can be the posterior, and no nat is lost."""

    apart = True
    parts = gate("linear_vae returns W, V, a positive sigma and active, and independent_gap and best_scale a number")
    decoder = pays("no W gives the data a higher likelihood: it is that of probabilistic PCA", 1.0)
    tight = pays("the bound is tight: with your V and sigma it is as high as your W's likelihood", 1.0)
    active = pays("active counts the latents whose direction varies more than the noise", 0.5)
    gap = pays("independent_gap is what the best q with independent components lacks, for any W", 1.0)
    scale = pays("best_scale is the s of the greatest likelihood", 0.5)

    hints = (
        "In the direction u_j the model has the variance |w_j|² + s². Which variance would you like it to have there?",
        "What if that is less than s²? A length is the root of a number that is not negative.",
        "With orthogonal columns Λ = I + WᵀW / s² is diagonal: its entries are the precisions of q, and "
        "V = Λ⁻¹ Wᵀ / s².",
    )

    domain = {
        VAE: Domain(
            {
                "cov": Made(_drawn, (_alike,), says=COV),
                "d": Number(Wholes(1, "D")),
                "s": Number(SCALES, says=("the standard deviation of x given z",)),
            },
            sizes={"D": (1, 5, 9)},
            when=_decided,
            returns={name: Like("cov") if name != "active" else None for name in PARTS},
            says=("active: how many latents are used",),
            draws=2,
        ),
        GAP: Domain(
            {
                "W": Tensor("D, d", Reals(reach=(1e-2, 10))),
                "s": Number(Reals(0, math.inf, reach=(0.2, 20)), says=("the standard deviation of x given z",)),
            },
            sizes={"D": (1, 5), "d": (1, 4)},
            draws=2,
        ),
        SCALE: Domain(
            {"cov": Made(_drawn, (_alike,), says=COV), "d": Number(Wholes(1, "D"), says=("1 … D - 1",))},
            sizes={"D": (2, 6, 9)},
            when=lambda cov, d: d < len(cov),
            draws=2,
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        plain = torch.diag(floats([4.0, 1.0, 0.25], PYTHON))
        for name, given in ((VAE, {"cov": plain, "d": 2, "s": 0.8}), (SCALE, {"cov": plain, "d": 1})):
            yield self.case_of(name, given)
        yield self.case_of(GAP, {"W": floats([[1.0, 1.0], [0.0, 2.0]], PYTHON), "s": 1.0})
        for dtype, device in arithmetic():
            for d, s in ((2, 0.7), (4, 1.4), (3, 0.5), (3, 4.0)):  # all in use, some idle, all of D, none
                S = covariance(rng, (9.0, 4.0, 1.5, 0.8, 0.3)[: max(d, 4)], dtype, device)
                yield self.case_of(VAE, {"cov": S, "d": d, "s": s})
                yield self.case_of(SCALE, {"cov": S, "d": min(d, 3)})
                yield self.case_of(GAP, {"W": floats(rng.normal(size=(5, d)), dtype, device), "s": s})
            for s, off in ((0.5, 0.2), (1.5, 0.2), (0.8, 0.03)):  # just more than the noise, and just less
                S = covariance(rng, (6.0, (1 + off) * s**2, (1 - off) * s**2, 0.1), dtype, device)
                yield self.case_of(VAE, {"cov": S, "d": 3, "s": s})
            small = covariance(rng, (9e-4, 4e-4, 1e-4), dtype, device)  # in small units: short columns, and yet in use
            yield self.case_of(VAE, {"cov": small, "d": 3, "s": 0.015})
            large = floats(
                np.linalg.qr(rng.normal(size=(40, 40)))[0] * 20, dtype, device
            )  # no number holds its product
            yield self.case_of(GAP, {"W": large, "s": 0.2 if dtype == torch.float32 else 2e-3})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        laws = {VAE: (self.decoder, self.tight, self.active), GAP: (self.gap,), SCALE: (self.scale,)}[name]
        return case(call(name, *given.values()), about=(self.parts, *laws), of=name, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.of == VAE:
            yield from self._judge_vae(case, answer)
            return
        got = number(answer)
        yield self.parts(got is not None, "a number", kind_of(answer))
        if got is not None:
            yield (self._judge_gap if case.of == GAP else self._judge_scale)(case, np.float64(got))

    # --- the optimum

    def _judge_vae(self, case: Case, answer: Any) -> Iterator[Finding]:
        good, came = self._whole(answer, case)
        yield self.parts(good, f"a dictionary with {', '.join(PARTS)}, all finite", came)
        if not good:
            return
        S, d, s = exact(case.cov), case.d, case.s
        W, V, sigma = (numbers(answer[name]) for name in PARTS[:3])
        spectrum = np.linalg.eigvalsh(S)[::-1]
        room = TIGHT + len(S) * (FACTOR * EPSILON["float32"] * max(1.0, spectrum[0] / s**2)) ** 2
        best, own, bound = ppca.greatest(S, d, s), ppca.log_likelihood(S, W, s), ppca.bound(S, W, V, sigma, s)
        found = own >= best - room
        name = "" if found else _misfit(W, spectrum[:d], s)
        wanted, came = _told_apart(best, own)
        yield self.decoder(found, f"{wanted} nats", f"{came} nats, on average", mistake=name)
        reached = bound >= own - room * max(1.0, abs(own))
        name = "" if reached else _mismatch(W, V, sigma, s)
        wanted, came = _told_apart(own, bound)
        yield self.tight(reached, f"{wanted} nats, as your W has", f"a bound of {came} nats", mistake=name)
        wanted = int((spectrum[:d] > s**2).sum())
        yield self.active(number(answer["active"]) == wanted, str(wanted), show(answer["active"]))

    @staticmethod
    def _whole(answer: Any, case: Case) -> tuple[bool, str]:
        if not isinstance(answer, dict) or answer.keys() != set(PARTS):
            return False, kind_of(answer) if not isinstance(answer, dict) else f"a dict with {', '.join(answer)}"
        D, d = len(case.cov), case.d
        for name, shape in (("W", (D, d)), ("V", (d, D)), ("sigma", (d,))):
            formed = has_shape(answer[name], shape, case.cov)
            if not formed.ok:
                return False, f"{name}: {formed.got}"
            if not np.isfinite(numbers(answer[name])).all():
                return False, f"{name} with entries that are no numbers"
        if not (numbers(answer["sigma"]) > 1e-30).all() or max(abs(numbers(answer[k])).max() for k in "WV") > 1e30:
            return False, "a sigma that is not positive, or numbers beyond all measure"
        return number(answer["active"]) is not None, f"active: {kind_of(answer['active'])}"

    # --- the other two

    def _judge_gap(self, case: Case, got: np.float64) -> Finding:
        W = exact(case.W)
        eigenvalues = 1 + np.linalg.svd(W / case.s, compute_uv=False) ** 2
        diagonal = 1 + (W**2).sum(0) / case.s**2
        want = 0.5 * (np.log(diagonal).sum() - np.log(eigenvalues).sum())
        rough = W.shape[1] * (1 + np.log(diagonal).sum() + eigenvalues.max())
        return self.gap(*close(got, want, case.W.dtype, rough))

    def _judge_scale(self, case: Case, got: np.float64) -> Finding:
        spectrum = np.linalg.eigvalsh(exact(case.cov))
        want = math.sqrt(math.fsum(spectrum[: len(spectrum) - case.d]) / (len(spectrum) - case.d))
        return self.scale(*close(got, want, case.cov.dtype, want + spectrum[-1] / want))

    mistakes = (
        wrong(
            "the noise is not subtracted",
            {VAE: _laid_out(lambda v, s: v.sqrt(), _precision)},
            "The columns have the length √λ. The noise adds s² to every direction anyway: then the model varies too much.",
        ),
        wrong(
            "weak latents kept",
            {VAE: _laid_out(lambda v, s: (v - s**2).abs().sqrt(), _precision)},
            "A direction with less variance than the noise got a column all the same. There is nothing left to add: w_j = 0.",
        ),
        wrong(
            "the weakest directions",
            {VAE: _laid_out(_length, _precision, order=1)},
            "eigh sorts from small to large: these are the directions in which the data vary least.",
        ),
        wrong(
            "s for its square",
            {
                VAE: _laid_out(_length, _precision, noise=math.sqrt),
                GAP: lambda W, s: _gap(W, math.sqrt(s)),
                SCALE: lambda cov, d: torch.linalg.eigvalsh(cov)[:-d].mean(),
            },
            "s is a standard deviation. Eigenvalues of a covariance are variances: they are compared with s².",
        ),
        wrong(
            "rotated weights",
            {VAE: _then(_rotated)},
            "Likelihood and W are as good as they can be, but WᵀW is not diagonal: the latents are correlated given x, "
            "and no q with independent components is the posterior.",
        ),
        wrong(
            "variance for standard deviation",
            {VAE: _then(lambda parts, s: {"sigma": parts["sigma"] ** 2})},
            "sigma is a standard deviation, the root of one over the precision.",
        ),
        wrong(
            "the encoder forgets the prior",
            {VAE: _then(lambda parts, s: {"V": torch.linalg.pinv(parts["W"])})},
            "V is the pseudo-inverse of W, which fits z to x as if nothing were known of z. The prior pulls the code towards 0.",
        ),
        wrong(
            "the encoder is the decoder's transpose",
            {VAE: _then(lambda parts, s: {"V": parts["W"].T})},
            "V is Wᵀ. The posterior's mean is Λ⁻¹ Wᵀ (x − b) / s².",
        ),
        wrong(
            "every latent is counted",
            {VAE: _then(lambda parts, s: {"active": len(parts["sigma"])})},
            "active is d, whatever the data. A latent with w_j = 0 is not used.",
        ),
        wrong(
            "½ forgotten",
            {GAP: lambda W, s: _gap(W, s, scale=1.0)},
            "A normal's log density has ½ before the log-determinant, and so has the gap.",
        ),
        wrong(
            "the prior's precision forgotten",
            {GAP: lambda W, s: _gap(W, s, own=1e-3)},
            "Λ has the prior's 1 on its diagonal, beside what x says.",
            also=({GAP: lambda W, s: _gap(W, s, own=0.0)},),
        ),
        wrong(
            "an encoder without Λ",
            {VAE: _then(lambda parts, s: {"V": parts["W"].T / s**2})},
            "V is Wᵀ / s² here. The posterior's mean is Λ⁻¹ Wᵀ (x − b) / s²: without Λ⁻¹ the codes lie far too far out.",
        ),
        wrong(
            "directions that no latent serves are counted",
            {VAE: lambda cov, d, s: {**_right(cov, d, s), "active": int((torch.linalg.eigvalsh(cov) > s**2).sum())}},
            "All directions that vary more than the noise were counted. There are d latents, and no more can be active.",
        ),
        wrong(
            "the gap of the marginals",
            {GAP: lambda W, s: _gap_of(torch.linalg.inv(torch.eye(W.shape[1]).to(W) + W.T @ W / s**2))},
            "This is what the posterior's own marginals leave, KL(p ‖ q) at its best. The bound has KL(q ‖ p): take the diagonal of Λ, not of its inverse.",
        ),
        wrong(
            "the logarithm of a determinant",
            {GAP: lambda W, s: _gap_of(torch.eye(W.shape[1]).to(W) + W.T @ W / s**2, lambda L: torch.linalg.det(L).log())},
            "The determinant of many large precisions is more than a float holds, and its logarithm infinite: torch.logdet or slogdet stays in logarithms.",
            also=(
                {
                    GAP: lambda W, s: _gap_of(
                        torch.eye(W.shape[1]).to(W) + W.T @ W / s**2,
                        lambda L: torch.linalg.det(L).log() - L.diagonal().prod().log() + L.diagonal().log().sum(),
                    )
                },
            ),
        ),
        wrong(
            "a mean over all directions",
            {
                SCALE: lambda cov, d: (torch.linalg.eigvalsh(cov)[:-d].sum() / len(cov)).sqrt(),
            },
            "The mean runs over the directions that no latent serves; there are D − d of them.",
            also=(
                {SCALE: lambda cov, d: torch.linalg.eigvalsh(cov).mean().sqrt()},
                {SCALE: lambda cov, d: torch.linalg.eigvalsh(cov)[:-d].sum().sqrt()},
            ),
        ),
        wrong(
            "the largest variances left over",
            {SCALE: lambda cov, d: torch.linalg.eigvalsh(cov)[d:].mean().sqrt()},
            "The largest d variances are met by the latents; what is left over are the smallest.",
        ),
    )  # fmt: skip


def _misfit(W: np.ndarray, spectrum: np.ndarray, s: float) -> str:
    """The mistake that gives such lengths, whatever the signs and the order of the columns."""
    lengths = np.sort(np.linalg.svd(W, compute_uv=False))[::-1]
    made = {
        "the noise is not subtracted": spectrum,
        "weak latents kept": abs(spectrum - s**2),
        "s for its square": np.maximum(spectrum - s, 0),
    }
    lengths = np.pad(lengths, (0, len(spectrum) - len(lengths)))
    fits = (name for name, squares in made.items() if np.allclose(lengths, np.sort(np.sqrt(squares))[::-1], atol=1e-3))
    return next(fits, "")


def _mismatch(W: np.ndarray, V: np.ndarray, sigma: np.ndarray, s: float) -> str:
    """What keeps q from being the posterior."""
    precision = np.eye(W.shape[1]) + W.T @ W / s**2
    mean, width = np.linalg.solve(precision, W.T) / s**2, 1 / np.sqrt(np.diag(precision))
    apart = abs(precision - np.diag(np.diag(precision))).max()
    if np.allclose(V, mean, atol=1e-3) and apart > 1e-3 * np.diag(precision).max():
        return "rotated weights"
    if np.allclose(V, mean, atol=1e-3) and np.allclose(sigma, width**2, atol=1e-3):
        return "variance for standard deviation"
    if np.allclose(sigma, width, atol=1e-3) and W.any():
        if np.allclose(V, W.T, atol=1e-3):
            return "the encoder is the decoder's transpose"
        if np.allclose(V, np.linalg.pinv(W, rcond=1e-6), atol=1e-3):
            return "the encoder forgets the prior"
    return ""
