"""elbo.reconstruction (long: two likelihoods with three functions, each with laws and mistakes of its own)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from scipy import special
from torch.nn import functional

from autograder.checks.c06_elbo.shared import LOG_2PI, has_keys
from autograder.judging.compare import arithmetic, close, exact, kind_of, number, show, values
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor, Wholes
from autograder.judging.draw import normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import gaussians

PICTURES = ("all axes but the first are pixels",)
SIZES = {"B": (1, 4), "P": (1, 5)}


@exercise("elbo.reconstruction", ("gaussian_reconstruction", "bernoulli_reconstruction", "implied_sigma"))
class Reconstruction(Exercise):
    """−log N(x; x_hat, sigma² I) is a squared error and a constant; −log of independent Bernoullis is a cross-entropy."""

    gaussian = gate("gaussian_reconstruction returns a dictionary with squared, constant and loss")
    squared = pays("squared: the squared error of the whole picture over 2 sigma²", 0.5)
    constant = pays("constant: what the normal density brings along whatever x is", 0.5)
    gaussian_loss = pays("loss: minus the log density of x, one per picture", 1)
    bernoulli = gate("bernoulli_reconstruction returns a dictionary with ink, paper and loss")
    sides = pays("ink and paper: what the pixels that are on and those that are off contribute", 0.5)
    bernoulli_loss = pays("loss: the cross-entropy of the whole picture, right for logits of any size", 1)
    one = gate("implied_sigma returns a positive number")
    implied = pays(
        "implied_sigma: with it, the Gaussian loss and the weighted mean squared error differ by a constant", 0.5
    )

    domain = {
        "gaussian_reconstruction": Domain(
            {
                "x": Tensor("B, P, ...", says=PICTURES),
                "x_hat": Tensor("B, P, ...", says=PICTURES),
                "sigma": Number(Reals(0, math.inf, reach=(1e-4, 1e3))),
            },
            sizes=SIZES,
            returns={"squared": Like("x"), "constant": None, "loss": Like("x")},
        ),
        "bernoulli_reconstruction": Domain(
            {
                "x": Tensor("B, P, ...", Reals(0, 1, "[]")),
                "logits": Tensor("B, P, ...", Reals(reach=(1e-3, 1e4)), says=("of any size (±1000 too)",)),
            },
            sizes=SIZES,
            returns={name: Like("x") for name in ("ink", "paper", "loss")},
        ),
        "implied_sigma": Domain(
            {
                "weight": Number(Reals(0, math.inf, reach=(1e-6, 1e6))),
                "D": Number(Wholes(1, reach=200_000), says=("the number of pixels",)),
            }
        ),
    }

    hints = (
        "Write down log N(x; x_hat, sigma² I) for D independent pixels. Which part of it depends on x_hat?",
        "log sigmoid(l) and log(1 − sigmoid(l)) = log sigmoid(−l): torch has a function that is right at l = ±1000 as well.",
        "Pixels are independent given z, so their losses add up over all axes but the batch's; a mean over D pixels "
        "is smaller by D. Compare the factors in front of (x_i − x_hat_i)².",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        x = torch.tensor([[0.0, 1.0]])
        yield self._gaussian_case(x, torch.tensor([[0.5, 0.0]]), 0.5)
        yield self._bernoulli_case(x, torch.tensor([[1.0, 2.0]]))
        for dtype, device in arithmetic():
            for shape in ((3, 4), (4, 4), (2, 3, 3), (2, 1, 4, 4)):
                pictures = torch.tensor(rng.random(shape), dtype=dtype, device=device)
                guesses = torch.tensor(rng.random(shape), dtype=dtype, device=device)
                yield self._gaussian_case(pictures, guesses, float(rng.uniform(0.05, 2)))
                logits = 3 * normal(rng, shape, dtype, device)
                yield self._bernoulli_case((pictures > 0.5).to(dtype), logits)
                yield self._bernoulli_case(pictures, logits)
            ends = torch.tensor([[1000.0, -1000.0, 200.0, -200.0, 30.0]], dtype=dtype, device=device)
            for on in (0.0, 1.0):
                yield self._bernoulli_case(torch.full_like(ends, on), ends)
            yield self._bernoulli_case(torch.zeros_like(ends[:, :1]), 200 * torch.ones_like(ends[:, :1]))
        for weight, D in ((1.0, 64), (float(rng.uniform(0.1, 20)), int(rng.integers(2, 900))), (0.5, 1)):
            yield self._sigma_case(weight, D)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        kinds = {"gaussian_reconstruction": self._gaussian_case, "bernoulli_reconstruction": self._bernoulli_case}
        return kinds.get(name, self._sigma_case)(**given)

    def _sigma_case(self, weight: float, D: int) -> Case:
        return case(call("implied_sigma", weight, D), about=(self.one, self.implied), weight=weight, D=D)

    def _gaussian_case(self, x: torch.Tensor, x_hat: torch.Tensor, sigma: float) -> Case:
        laws = (self.gaussian, self.squared, self.constant, self.gaussian_loss)
        return case(call("gaussian_reconstruction", x, x_hat, sigma), about=laws, x=x, x_hat=x_hat, sigma=sigma)

    def _bernoulli_case(self, x: torch.Tensor, logits: torch.Tensor) -> Case:
        laws = (self.bernoulli, self.sides, self.bernoulli_loss)
        return case(call("bernoulli_reconstruction", x, logits), about=laws, x=x, logits=logits)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer)

    def _judge_gaussian_reconstruction(self, case: Case, answer: Any) -> Iterator[Finding]:
        named = has_keys(answer, ("squared", "constant", "loss"))
        yield self.gaussian(named, "a dictionary with squared, constant, loss", kind_of(answer))
        if not named:
            return
        x, x_hat, sigma = exact(case.x), exact(case.x_hat), case.sigma
        x, x_hat = x.reshape(len(x), -1), x_hat.reshape(len(x), -1)
        loss = -gaussians.log_normal(x, x_hat, sigma**2).sum(1)
        constant = -x.shape[1] * float(gaussians.log_normal(np.float64(0), 0, sigma**2))
        rough = (((abs(x) + abs(x_hat)) / sigma) ** 2).sum(1)
        logs = x.shape[1] * (2 + 2 * abs(math.log(sigma)))
        yield self.squared(*close(answer["squared"], loss - constant, case.x.dtype, rough))
        one = values(answer["constant"])
        single = one.reshape(-1)[0] if one is not None and one.size and np.ptp(one) == 0 else answer["constant"]
        yield self.constant(*close(single, constant, case.x.dtype, logs))
        yield self.gaussian_loss(*close(answer["loss"], loss, case.x.dtype, rough + logs))

    def _judge_bernoulli_reconstruction(self, case: Case, answer: Any) -> Iterator[Finding]:
        named = has_keys(answer, ("ink", "paper", "loss"))
        yield self.bernoulli(named, "a dictionary with ink, paper, loss", kind_of(answer))
        if not named:
            return
        x, logits, dtype = (
            exact(case.x).reshape(len(case.x), -1),
            exact(case.logits).reshape(len(case.x), -1),
            case.x.dtype,
        )
        ink = -(x * special.log_expit(logits)).sum(1)
        paper = -((1 - x) * special.log_expit(-logits)).sum(1)
        rough = (1 + abs(logits)).sum(1)
        both = [close(answer[name], want, dtype, rough) for name, want in (("ink", ink), ("paper", paper))]
        fault = next((name for name, verdict in zip(("ink", "paper"), both, strict=True) if not verdict.ok), "ink")
        verdict = both[fault == "paper"]
        yield self.sides(both[0].ok and both[1].ok, f"{fault} = {verdict.expected}", f"{fault} = {verdict.got}")
        yield self.bernoulli_loss(
            *close(answer["loss"], ink + paper, dtype, 2 * rough), mistake=self._saturated(case, answer["loss"])
        )

    @staticmethod
    def _saturated(case: Case, loss: Any) -> str | None:
        """One pixel with logit 200 costs 200 nats. What has gone through 1 − sigmoid(200) = 0 costs ∞, NaN, or what was
        put in the place of log 0: a clamp between 10⁻⁷ and 10⁻⁶⁰."""
        got = values(loss)
        if case.logits.numel() != 1 or got is None or got.size != 1:
            return None
        cost = float(got.reshape(()))
        return "the logarithm of a saturated sigmoid" if not math.isfinite(cost) or 15 < cost < 140 else None

    def _judge_implied_sigma(self, case: Case, answer: Any) -> Iterator[Finding]:
        sigma = number(answer)
        good = sigma is not None and 1e-100 < sigma < 1e100
        yield self.one(good, "a positive number", kind_of(answer))
        if not good:
            return
        # when one pixel moves from being off by sigma to being right, both losses must fall by the same
        weighted = case.weight * sigma**2 / case.D
        gaussian = float(gaussians.log_normal(np.float64(0), 0, sigma**2) - gaussians.log_normal(sigma, 0, sigma**2))
        right = abs(gaussian - weighted) <= 1e-5 * abs(gaussian)
        wanted = sigma * math.sqrt(gaussian / weighted)
        yield self.implied(right, show(wanted), show(sigma))

    mistakes = (
        wrong(
            "the half is forgotten",
            {
                "gaussian_reconstruction": lambda *a: _gaussian_loss(*a, half=1.0),
                "implied_sigma": lambda weight, D: math.sqrt(D / weight),
            },
            "The exponent of a normal density is −(x − x_hat)²/(2 sigma²): the 2 is missing.",
        ),
        wrong(
            "standard deviation for variance",
            {
                "gaussian_reconstruction": lambda x, x_hat, sigma: _gaussian_loss(x, x_hat, math.sqrt(sigma)),
                "implied_sigma": lambda weight, D: D / (2 * weight),
            },
            "sigma is a standard deviation. The squared error is divided by 2 sigma², and the constant has log sigma².",
        ),
        wrong(
            "mean over the pixels",
            {
                "gaussian_reconstruction": lambda *a: _gaussian_loss(*a, reduce=torch.mean),
                "bernoulli_reconstruction": lambda *a: _bernoulli_loss(*a, reduce=torch.mean),
                "implied_sigma": lambda weight, D: math.sqrt(1 / (2 * weight)),
            },
            "The pixels were averaged. log p(x | z) of independent pixels is a sum, D times as large.",
        ),
        wrong(
            "one number for the batch",
            {
                "gaussian_reconstruction": lambda *a: _for_all(_gaussian_loss(*a)),
                "bernoulli_reconstruction": lambda *a: _for_all(_bernoulli_loss(*a)),
            },
            "The losses of the batch were averaged. One value per picture is asked for: sum over all axes but the first.",
        ),
        wrong(
            "the constant of one pixel",
            {"gaussian_reconstruction": lambda *a: _gaussian_loss(*a, pixels=1)},
            "Each of the D pixels brings its own ½ log(2π sigma²).",
        ),
        wrong(
            "log sigma for log sigma squared",
            {"gaussian_reconstruction": lambda *a: _gaussian_loss(*a, power=1)},
            "The constant is ½ log(2π sigma²) per pixel: the variance stands under the logarithm.",
        ),
        wrong(
            "the logarithm of a saturated sigmoid",
            {"bernoulli_reconstruction": lambda x, logits: _bernoulli_of_p(x, torch.sigmoid(logits))},
            "sigmoid rounds to 0 or 1 for large logits, and its logarithm is lost. Go from the logits to the logarithm in one step.",
        ),
        wrong(
            "logits taken for probabilities",
            {"bernoulli_reconstruction": lambda x, logits: _bernoulli_of_p(x, logits.clamp(1e-6, 1 - 1e-6))},
            "A logit is log p/(1 − p), any real number; it was used as if it were p.",
        ),
        wrong(
            "only the ink counts",
            {"bernoulli_reconstruction": lambda x, logits: _ink_alone(x, logits)},
            "Pixels that are off have a probability as well: 1 − p. Without them the loss is least when every p is 1.",
        ),
        wrong(
            "ink and paper swapped",
            {"bernoulli_reconstruction": lambda x, logits: _bernoulli_loss(x, -logits)},
            "p is the probability that a pixel is on: where x = 1 the loss is −log p.",
        ),
        wrong(
            "the pixels counted wrongly",
            {"gaussian_reconstruction": lambda x, *a: _gaussian_loss(x, *a, pixels=x.numel())},
            "D is the number of pixels of one picture. The constant counts all entries of the batch, its rows, or one axis only.",
            also=(
                {"gaussian_reconstruction": lambda x, *a: _gaussian_loss(x, *a, pixels=len(x))},
                {"gaussian_reconstruction": lambda x, *a: _gaussian_loss(x, *a, pixels=x.shape[1])},
                {"gaussian_reconstruction": lambda x, *a: _gaussian_loss(x, *a, pixels=x.shape[-1])},
            ),
        ),
        wrong(
            "the constant left out of the loss",
            {"gaussian_reconstruction": lambda *a: (lambda t: {**t, "loss": t["squared"]})(_gaussian_loss(*a))},
            "The loss is the squared error alone. Minus the log density has the constant as well, which depends on sigma.",
            also=(
                {
                    "gaussian_reconstruction": lambda *a: (lambda t: {**t, "constant": 0.0, "loss": t["squared"]})(
                        _gaussian_loss(*a)
                    )
                },
            ),
        ),
        wrong(
            "a slip in the constant",
            {"gaussian_reconstruction": lambda *a: _with_constant(*a, constant=lambda D, sigma: D * math.log(sigma))},
            "The constant is ½ log(2π sigma²) per pixel: a half, the 2π or the sigma² is missing.",
            also=(
                {
                    "gaussian_reconstruction": lambda *a: _with_constant(
                        *a, constant=lambda D, sigma: D * (LOG_2PI + math.log(sigma))
                    )
                },
                {
                    "gaussian_reconstruction": lambda *a: _with_constant(
                        *a, constant=lambda D, sigma: D * (LOG_2PI + 2 * math.log(sigma))
                    )
                },
                {"gaussian_reconstruction": lambda *a: _with_constant(*a, constant=lambda D, sigma: 0.5 * D * LOG_2PI)},
            ),
        ),
        wrong(
            "the constant with the wrong sign",
            {
                "gaussian_reconstruction": lambda *a: _with_constant(
                    *a, constant=lambda D, sigma: -0.5 * D * (LOG_2PI + 2 * math.log(sigma))
                )
            },
            "This is the log density's constant. The loss is minus the log density, where it is added.",
            also=(
                {
                    "gaussian_reconstruction": lambda *a: (lambda t: {**t, "loss": t["squared"] - t["constant"]})(
                        _gaussian_loss(*a)
                    )
                },
            ),
        ),
        wrong(
            "the error not in units of sigma",
            {"gaussian_reconstruction": lambda *a: _with_error(*a, factor=lambda sigma: sigma**2)},
            "The squared error is divided by 2 sigma²: the loss of a sharper model grows faster.",
            also=({"gaussian_reconstruction": lambda *a: _with_error(*a, factor=lambda sigma: sigma)},),
        ),
        wrong(
            "the sign of the logarithms",
            {"bernoulli_reconstruction": lambda x, logits: {k: -v for k, v in _bernoulli_loss(x, logits).items()}},
            "These are log probabilities, which are negative. A loss is minus the logarithm.",
        ),
        wrong(
            "the picture rounded to black and white",
            {"bernoulli_reconstruction": lambda x, logits: _bernoulli_loss(x.round(), logits)},
            "x was rounded to 0 and 1 first. Grey pixels count in part for the ink and in part for the paper.",
            also=({"bernoulli_reconstruction": lambda x, logits: _bernoulli_loss((x > 0.5).to(x), logits)},),
        ),
        wrong(
            "upside down",
            {"implied_sigma": lambda weight, D: math.sqrt(2 * weight / D)},
            "A large weight belongs to a small sigma, and many pixels to a larger one: weight/D = 1/(2 sigma²).",
            also=(
                {"implied_sigma": lambda weight, D: math.sqrt(weight * D / 2)},
                {"implied_sigma": lambda weight, D: 1 / math.sqrt(2 * weight * D)},
            ),
        ),
    )


def _pixels(x: torch.Tensor) -> torch.Tensor:
    return x.reshape(len(x), -1)


def _gaussian_loss(x, x_hat, sigma, half=0.5, power=2, reduce=torch.sum, pixels=None) -> dict[str, Any]:
    squared = half * reduce(_pixels((x - x_hat) / sigma) ** 2, 1)
    D = pixels or (1 if reduce is torch.mean else x[0].numel())
    constant = 0.5 * D * (LOG_2PI + power * math.log(sigma))
    return {"squared": squared, "constant": constant, "loss": squared + constant}


def _with_constant(x, x_hat, sigma, constant) -> dict[str, Any]:
    terms, value = _gaussian_loss(x, x_hat, sigma), constant(x[0].numel(), sigma)
    return {"squared": terms["squared"], "constant": value, "loss": terms["squared"] + value}


def _with_error(x, x_hat, sigma, factor) -> dict[str, Any]:
    terms = _gaussian_loss(x, x_hat, sigma)
    squared = terms["squared"] * factor(sigma)
    return {"squared": squared, "constant": terms["constant"], "loss": squared + terms["constant"]}


def _bernoulli_loss(x, logits, reduce=torch.sum) -> dict[str, torch.Tensor]:
    ink = -reduce(_pixels(x * functional.logsigmoid(logits)), 1)
    paper = -reduce(_pixels((1 - x) * functional.logsigmoid(-logits)), 1)
    return {"ink": ink, "paper": paper, "loss": ink + paper}


def _bernoulli_of_p(x: torch.Tensor, p: torch.Tensor) -> dict[str, torch.Tensor]:
    ink, paper = -_pixels(x * p.log()).sum(1), -_pixels((1 - x) * (1 - p).log()).sum(1)
    return {"ink": ink, "paper": paper, "loss": ink + paper}


def _ink_alone(x: torch.Tensor, logits: torch.Tensor) -> dict[str, torch.Tensor]:
    ink = _bernoulli_loss(x, logits)["ink"]
    return {"ink": ink, "paper": 0 * ink, "loss": ink}


def _for_all(terms: dict[str, Any]) -> dict[str, Any]:
    """The batch's mean in place of each item's value."""
    return {k: v.mean().expand(len(v)).clone() if isinstance(v, torch.Tensor) else v for k, v in terms.items()}
