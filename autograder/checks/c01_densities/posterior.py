"""density.posterior (long: two functions with their slips): Bayes' rule in log space, and the counts of naive Bayes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import mpmath
import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor, Wholes
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

LOGS = Reals(reach=(1e-2, 1e3), usual=(-30, 5))


def _prior(place: Place) -> torch.Tensor:
    return place.tensor(np.log(place.rng.dirichlet(np.full(place.sizes["K"], 2.0)) + 1e-3))


def _bits(place: Place) -> torch.Tensor:
    return place.tensor(place.rng.integers(0, 2, size=(place.sizes["N"], place.sizes["D"])).astype(float))


def _labels(place: Place) -> torch.Tensor:
    """Of three classes; there may be more of them than anybody belongs to."""
    return torch.tensor(place.rng.integers(3, size=place.sizes["N"]), device=place.device)


@exercise("density.posterior", ("log_posterior", "fit_naive_bayes"))
class Posterior(Exercise):
    """log p(y|x) = log p(x|y) + log p(y) − log Σ; P(pixel = 1 | y) = (ones + 1)/(pictures + 2)."""

    shape = gate("the log posterior has the shape of log_lik")
    pair = gate("fit_naive_bayes returns two tensors, of shapes (K,) and (K, D)")
    bayes = pays("the posterior is likelihood times prior, normalised over the classes", 1)
    far = pays("it is right where every likelihood is below all floats", 0.6)
    prior = pays("the prior is the share of each class among the samples", 0.6)
    pixels = pays("the pixels' probabilities are (ones + 1) over (pictures of the class + 2)", 1)

    apart = True
    domain = {
        "log_posterior": Domain(
            {"log_lik": Tensor("B, K", LOGS), "log_prior": Made(_prior, (), ("(K,)",))},
            sizes={"B": (1, 5), "K": (2, 5)},
            returns=Like("log_lik"),
        ),
        "fit_naive_bayes": Domain(
            {
                "x": Made(_bits, (), ("(N, D)", "entries 0 and 1")),
                "y": Made(_labels, (), ("(N,)", "int64", "values 0 … K − 1")),
                "classes": Number(Wholes(3, 10), ("their number K", "from 3 to 10")),
            },
            sizes={"N": (1, 9), "D": (1, 5)},
            returns=(Like("x"), Like("x")),
        ),
    }

    hints = (
        "Bayes' rule multiplies, so logarithms add up. What does dividing by the sum over the classes become?",
        "All likelihoods of a picture may be e⁻¹⁰⁰⁰. Their ratios are what counts: log-sum-exp over the classes.",
        "A pixel that was never 1 in a class is not impossible there: count one further picture of each kind.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        two = torch.tensor([[0.2, 0.6]], dtype=torch.float64).log()
        yield self.case_of(
            "log_posterior", {"log_lik": two, "log_prior": torch.tensor([0.75, 0.25], dtype=torch.float64).log()}
        )
        x, y = torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]], dtype=torch.float64), torch.tensor([0, 0, 1])
        yield self.case_of("fit_naive_bayes", {"x": x, "y": y, "classes": 3})
        for dtype, device in arithmetic():
            for low, K in ((-10, 3), (-5000, 4), (-3, 2)):
                log_lik = floats(
                    rng.uniform(low, 0.9 * low, size=(4, K)) if low < -100 else rng.uniform(low, 0, size=(4, K)),
                    dtype,
                    device,
                )
                if low < -100:
                    log_lik = log_lik[:, :1] + floats(rng.normal(size=(4, K)) * 3, dtype, device)
                log_prior = floats(np.log(rng.dirichlet(np.full(K, 1.0)) + 0.01), dtype, device)
                yield self.case_of("log_posterior", {"log_lik": log_lik, "log_prior": log_prior})
            for n, D, K in ((12, 4, 3), (30, 2, 5), (7, 6, 4)):
                x = floats(rng.random((n, D)) < rng.uniform(0.1, 0.9, size=D), dtype, device)
                yield self.case_of(
                    "fit_naive_bayes", {"x": x, "y": torch.tensor(rng.integers(K, size=n), device=device), "classes": K}
                )

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == "fit_naive_bayes":
            return case(call(name, *given.values()), about=(self.pair, self.prior, self.pixels), **given)
        far = float(given["log_lik"].double().abs().max()) > 80
        return case(call(name, *given.values()), about=(self.shape, self.far if far else self.bayes), **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from (
            self._judge_counts(case, answer) if case.asks[0].of == "fit_naive_bayes" else self._rule(case, answer)
        )

    def _rule(self, case: Case, answer: Any) -> Iterator[Finding]:
        log_lik, log_prior = exact(case.log_lik), exact(case.log_prior)
        shape = has_shape(answer, log_lik.shape, case.log_lik)
        yield self.shape(*shape)
        if shape.ok:
            expected = np.array([_bayes(row, log_prior) for row in log_lik])
            size = 1 + abs(log_lik).max(1, keepdims=True) + abs(log_prior).max() + 0 * expected
            yield case.about[1](*close(answer, expected, case.log_lik.dtype, size))

    def _judge_counts(self, case: Case, answer: Any) -> Iterator[Finding]:
        K, D = case.classes, case.x.shape[1]
        good = isinstance(answer, (tuple, list)) and len(answer) == 2
        good = good and has_shape(answer[0], (K,), case.x).ok and has_shape(answer[1], (K, D), case.x).ok
        yield self.pair(good, f"({K},) and ({K}, {D})", kind_of(answer))
        if not good:
            return
        x, y = exact(case.x), case.y.cpu().numpy()
        rows = [[x[n] for n in range(len(y)) if y[n] == k] for k in range(K)]
        with np.errstate(divide="ignore"):
            prior = np.log(np.array([len(row) for row in rows]) / len(y))
        yield self.prior(*close(answer[0], prior, case.x.dtype, 1 + abs(np.where(np.isfinite(prior), prior, 0))))
        ones = np.array([np.sum(row, axis=0) if row else np.zeros(D) for row in rows])
        expected = np.array([(o + 1) / (len(row) + 2) for o, row in zip(ones, rows, strict=True)])
        yield self.pixels(*close(answer[1], expected, case.x.dtype))

    mistakes = (
        wrong(
            "the prior is ignored",
            {"log_posterior": lambda log_lik, log_prior: log_lik.log_softmax(1)},
            "Likelihoods alone are no probabilities of the classes: a rare class needs better evidence.",
        ),
        wrong(
            "not normalised",
            {"log_posterior": lambda log_lik, log_prior: log_lik + log_prior},
            "This is log p(x, y). Divided by its sum over the classes, p(x), it becomes the posterior.",
        ),
        wrong(
            "normalised over the batch",
            {"log_posterior": lambda log_lik, log_prior: (log_lik + log_prior).log_softmax(0)},
            "The probabilities of one picture's classes add up to 1, and not those of one class over the pictures.",
        ),
        wrong(
            "underflows",
            {"log_posterior": lambda log_lik, log_prior: _plain(log_lik, log_prior)},
            "Far down every likelihood is 0 in floats, and 0/0 no number: stay in log space.",
        ),
        wrong(
            "probabilities, not logarithms",
            {"log_posterior": lambda log_lik, log_prior: (log_lik + log_prior).softmax(1)},
            "These are the probabilities. Their logarithms were asked for.",
        ),
        wrong(
            "the prior taken off",
            {"log_posterior": lambda log_lik, log_prior: (log_lik - log_prior).log_softmax(1)},
            "Bayes' rule multiplies with the prior.",
        ),
        wrong(
            "nothing added to the counts",
            {"fit_naive_bayes": lambda x, y, classes: _counts(x, y, classes, more=0.0, below=1e-12)},
            "A pixel that was never 1 in a class would make every picture with it impossible. Add 1 above and 2 below.",
        ),
        wrong(
            "one added below",
            {"fit_naive_bayes": lambda x, y, classes: _counts(x, y, classes, below=1.0)},
            "One further picture with the pixel and one without it: that makes two more pictures.",
        ),
        wrong(
            "divided by all pictures",
            {"fit_naive_bayes": lambda x, y, classes: _counts(x, y, classes, all_of=True)},
            "P(pixel = 1 | class) is a share of that class's pictures.",
        ),
        wrong(
            "shares, not logarithms",
            {"fit_naive_bayes": lambda x, y, classes: (_counts(x, y, classes)[0].exp(), _counts(x, y, classes)[1])},
            "log_prior holds the logarithms of the shares.",
        ),
        wrong(
            "every class is as likely",
            {"fit_naive_bayes": lambda x, y, classes: (0 * _counts(x, y, classes)[1][:, 0] - float(np.log(classes)), _counts(x, y, classes)[1])},
            "The prior of a class is its share among the samples, not 1/K.",
        ),
        wrong(
            "the evidence without the prior",
            {"log_posterior": lambda log_lik, log_prior: log_lik + log_prior - log_lik.logsumexp(1, keepdim=True)},
            "p(x) is the sum of likelihood times prior. The prior belongs into the sum as well.",
            also=({"log_posterior": lambda log_lik, log_prior: log_lik.log_softmax(1) + log_prior},),
        ),
        wrong(
            "the logarithm of a logarithm",
            {"log_posterior": lambda log_lik, log_prior: (log_lik + log_prior.abs().log()).log_softmax(1)},
            "log_prior is a logarithm already: add it as it is.",
            also=({"log_posterior": lambda log_lik, log_prior: (log_lik + log_prior.exp()).log_softmax(1)},),
        ),
        wrong(
            "out of log space in between",
            {"log_posterior": lambda log_lik, log_prior: (log_lik + log_prior).softmax(1).log()},
            "A small probability is 0 in floats, and its logarithm −∞. log_softmax never leaves log space.",
            also=({"log_posterior": lambda log_lik, log_prior: ((log_lik + log_prior).softmax(1) + 1e-12).log()},),
        ),
        wrong(
            "one largest for all pictures",
            {"log_posterior": lambda log_lik, log_prior: _from_the_top(log_lik + log_prior)},
            "What is large for one picture says nothing about another: take the largest of each row out of its own sum.",
        ),
        wrong(
            "K added below",
            {"fit_naive_bayes": lambda x, y, classes: _counts(x, y, classes, below=float(classes))},
            "A pixel has two values, whatever the number of classes: two further pictures, one of each kind.",
        ),
        wrong(
            "the prior smoothed, too",
            {"fit_naive_bayes": lambda x, y, classes: (((1 + torch.nn.functional.one_hot(y, classes).to(x).sum(0)) / (len(y) + classes)).log(), _counts(x, y, classes)[1])},
            "The prior is N_k / N, without additions: a class without pictures has −∞.",
            also=({"fit_naive_bayes": lambda x, y, classes: (_counts(x, y, classes)[0].clamp(min=math.log(1e-12)), _counts(x, y, classes)[1])},),
        ),
        wrong(
            "a mean without pictures",
            {"fit_naive_bayes": lambda x, y, classes: _counts(x, y, classes, more=0.0, below=0.0)},
            "These are plain shares, NaN for a class without pictures. One further picture of each kind: (1 + ones) / (2 + pictures).",
        ),
        wrong(
            "the classes that occur",
            {"fit_naive_bayes": lambda x, y, classes: _counts(x, y, int(y.max()) + 1)},
            "There are `classes` of them, whether or not somebody belongs to each: a class without pictures has a row, too.",
            also=({"fit_naive_bayes": lambda x, y, classes: _counts(x, torch.unique(y, return_inverse=True)[1], len(y.unique()))},
                  {"fit_naive_bayes": lambda x, y, classes: _counts(x, y, 10)}),
        ),
        wrong(
            "pixels in the rows",
            {"fit_naive_bayes": lambda x, y, classes: (_counts(x, y, classes)[0], _counts(x, y, classes)[1].T)},
            "A row for each class and a column for each pixel: (K, D).",
        ),
    )  # fmt: skip


def _plain(log_lik: torch.Tensor, log_prior: torch.Tensor) -> torch.Tensor:
    joint = log_lik.exp() * log_prior.exp()
    return (joint / joint.sum(1, keepdim=True)).log()


def _from_the_top(joint: torch.Tensor) -> torch.Tensor:
    joint = joint - joint.max()
    return joint - joint.exp().sum(1, keepdim=True).log()


def _counts(
    x: torch.Tensor, y: torch.Tensor, classes: int, more=1.0, below=2.0, all_of=False
) -> tuple[torch.Tensor, torch.Tensor]:
    member = torch.nn.functional.one_hot(y, classes).to(x)  # (N, K)
    many = member.sum(0)
    return (many / len(y)).log(), (member.T @ x + more) / ((many.sum() if all_of else many[:, None]) + below)


def _bayes(log_lik: np.ndarray, log_prior: np.ndarray) -> list[float]:
    """With fifty digits, where nothing underflows."""
    with mpmath.workdps(50):
        joint = [
            mpmath.exp(mpmath.mpf(float(a)) + mpmath.mpf(float(b))) for a, b in zip(log_lik, log_prior, strict=True)
        ]
        return [float(mpmath.log(part / mpmath.fsum(joint))) for part in joint]
