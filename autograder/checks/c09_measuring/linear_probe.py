"""represent.linear_probe: ridge regression onto one-hot targets, and its accuracy (long: two functions, many mistakes)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.clouds import cloud, clouds
from autograder.judging.compare import arithmetic, close, exact, has_shape, is_number, kind_of, number, values
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong


def _labels(place: Place) -> torch.Tensor:
    return torch.tensor(place.rng.integers(place.sizes["K"], size=place.sizes["N"]), device=place.device)


def _one_class(place: Place) -> torch.Tensor:
    return torch.zeros(place.sizes["N"], dtype=torch.int64, device=place.device)


LABELS = Made(_labels, (_one_class,), ("(N,)", "int64", "values 0 … K − 1"))


@exercise("represent.linear_probe", ("fit_probe", "probe_accuracy"))
class LinearProbe(Exercise):
    """(W, b) of ridge regression onto one-hot targets; the share of labels that the largest output hits."""

    pair = gate("fit_probe gives W, (D, K), and b, (K,)")
    one = gate("the accuracy is one number")
    weights = pays("W is the ridge solution for centred features and targets", 0.5)
    offset = pays("b takes care of the means, without a penalty", 0.3)
    fitted = pays("W and b together are the minimum of the penalised squares", 0.7)
    accuracy = pays("the accuracy is the share of samples whose largest output stands at their label", 0.5)

    hints = (
        "Set the derivative with respect to b to nought: what does it say about the mean of the residuals?",
        "Centre features and targets; the offset is gone. Solve (FᵀF + λI) W = FᵀT.",
        "The penalty is λ ‖W‖² beside a *sum* over samples: nothing is divided by N.",
    )

    domain = {
        "fit_probe": Domain(
            {
                "features": clouds("N", scales=(1e-2, 30.0)),
                "labels": LABELS,
                "classes": Made(lambda place: place.sizes["K"], (), ("int", "their number K")),
                "ridge": Number(Reals(0, math.inf, reach=(0.05, 1e3))),
            },
            sizes={"N": (1, 12, 30), "D": (1, 4, 8), "K": (1, 4)},
            returns=(Like("features"), Like("features")),
        ),
        "probe_accuracy": Domain(
            {
                "features": clouds("N", scales=(1e-2, 30.0)),
                "labels": LABELS,
                "W": Tensor("D, K", Reals(reach=(1e-3, 30))),
                "b": Tensor("K", Reals(reach=(1e-3, 30))),
            },
            sizes={"N": (1, 12, 30), "D": (1, 4), "K": (1, 4)},
            when=lambda features, labels, W, b: _clear(features, W, b),
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        two = {"features": torch.tensor([[-1.0], [1.0]]).double(), "labels": torch.tensor([0, 1])}
        yield self.case_of("fit_probe", {**two, "classes": 2, "ridge": 2.0})
        yield self.case_of("fit_probe", {**two, "features": 2 + two["features"], "classes": 3, "ridge": 2.0})
        W, b = torch.tensor([[1.0, 0.0]]).double(), torch.tensor([0.0, 1.5]).double()
        right = {"features": torch.tensor([[1.0], [2.0]]).double(), "labels": torch.tensor([1, 1])}
        yield self.case_of("probe_accuracy", {**right, "W": W, "b": b})  # the outputs (1, 1.5) and (2, 1.5)
        for dtype, device in arithmetic():
            for n, D, K in ((20, 3, 4), (6, 8, 3), (12, 2, 5)):
                features, labels = (
                    3 + cloud(rng, n, D, dtype, device),
                    torch.tensor(rng.integers(K - 1, size=n), device=device),
                )
                for ridge in (float(rng.uniform(0.2, 0.6)), float(rng.uniform(3, 9))):
                    given = {"features": features, "labels": labels, "classes": K, "ridge": ridge}
                    yield self.case_of("fit_probe", given)
                W, b = floats(rng.normal(size=(D, K)), dtype, device), floats(3 * rng.normal(size=K), dtype, device)
                if _clear(features, W, b):
                    yield self.case_of("probe_accuracy", {"features": features, "labels": labels, "W": W, "b": b})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        fit = (self.pair, self.weights, self.offset, self.fitted)
        laws = fit if name == "fit_probe" else (self.one, self.accuracy)
        return case(call(name, *given.values()), about=laws, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.asks[0].of == "probe_accuracy":
            shape = is_number(answer)
            yield self.one(*shape)
            if shape.ok:
                yield self.accuracy(*close(number(answer), _hits(case) / len(case.labels), torch.float32))
            return
        D, K = case.features.shape[1], case.classes
        two = isinstance(answer, (tuple, list)) and len(answer) == 2
        ok = two and all(has_shape(p, s, case.features).ok for p, s in zip(answer, ((D, K), (K,)), strict=True))
        came = f"({', '.join(map(kind_of, answer))})" if two else kind_of(answer)
        yield self.pair(ok, f"tensors of shape {(D, K)} and {(K,)}", came)
        if ok:
            yield from self._judge_fit(case, *answer)

    def _judge_fit(self, case: Case, W: Any, b: Any) -> Iterator[Finding]:
        features = exact(case.features)
        expected, offset, size = _stacked(features, case.labels.cpu().numpy(), case.classes, case.ridge)
        weights = close(W, expected, case.features.dtype, size)
        reach = 1 + float(abs(features).max()) * features.shape[1]
        offsets = close(b, offset, case.features.dtype, 4 + size * reach)
        yield self.weights(*weights)
        yield self.offset(*offsets)
        yield self.fitted(weights.ok and offsets.ok, "the minimum", _loss(case, values(W), values(b), expected, offset))

    mistakes = (
        wrong(
            "the offset is penalised",
            {"fit_probe": lambda features, labels, classes, ridge: _augmented(features, labels, classes, ridge)},
            "A column of ones with the same penalty pulls the offset towards 0. It is not penalised: centre instead.",
        ),
        wrong(
            "no centring",
            {"fit_probe": lambda features, labels, classes, ridge: _fit(features, labels, classes, ridge, centre=False)},
            "Features and targets were not centred before W was solved for, so W does the work of the offset.",
        ),
        wrong(
            "no offset",
            {
                "fit_probe": lambda features, labels, classes, ridge: (
                    _fit(features, labels, classes, ridge)[0],
                    torch.zeros(classes).to(features),
                )
            },
            "The offset is left at 0: then the outputs are right up to a constant for each class, and the classes are confused.",
        ),
        wrong(
            "the mean target for the offset",
            {
                "fit_probe": lambda features, labels, classes, ridge: (
                    _fit(features, labels, classes, ridge)[0],
                    torch.nn.functional.one_hot(labels, classes).to(features).mean(0),
                )
            },
            "The mean of the targets is the offset for centred features. For features as they are, Wᵀ times their mean comes off.",
        ),
        wrong(
            "the mean feature added",
            {"fit_probe": lambda features, labels, classes, ridge: _added(features, labels, classes, ridge)},
            "b = t̄ − Wᵀ f̄: at the mean feature the output has to be the mean target.",
        ),
        wrong(
            "no column for a class without a label",
            {"fit_probe": lambda features, labels, classes, ridge: _fit(features, labels, int(labels.max()) + 1, ridge)},
            "A class that no label names has a column too: tell one_hot how many classes there are.",
        ),
        wrong(
            "penalty per sample",
            {"fit_probe": lambda features, labels, classes, ridge: _fit(features, labels, classes, ridge * len(labels))},
            "The penalty was multiplied by the number of samples (or the squares divided by it). It stands beside the sum.",
        ),
        wrong(
            "no penalty",
            {"fit_probe": lambda features, labels, classes, ridge: _fit(features, labels, classes, 0.0)},
            "This is plain least squares: λ I is missing.",
        ),
        wrong(
            "half the penalty",
            {"fit_probe": lambda features, labels, classes, ridge: _fit(features, labels, classes, ridge / 2)},
            "Both terms of the derivative carry a 2, and it cancels.",
            also=({"fit_probe": lambda features, labels, classes, ridge: _fit(features, labels, classes, ridge**2)},),
        ),
        wrong(
            "the offset is forgotten in the prediction",
            {
                "probe_accuracy": lambda features, labels, W, b: float(
                    ((features @ W).argmax(1) == labels).double().mean()
                )
            },
            "The outputs are Wᵀ f + b; without b the largest may be another.",
        ),
        wrong(
            "errors for hits",
            {
                "probe_accuracy": lambda features, labels, W, b: float(
                    ((features @ W + b).argmax(1) != labels).double().mean()
                )
            },
            "This is the share of errors.",
        ),
        wrong(
            "the number of hits",
            {"probe_accuracy": lambda features, labels, W, b: float(((features @ W + b).argmax(1) == labels).sum())},
            "This counts the hits; their share was asked for.",
        ),
    )  # fmt: skip


def _fit(
    features: torch.Tensor, labels: torch.Tensor, classes: int, ridge: float, centre: bool = True
) -> tuple[torch.Tensor, torch.Tensor]:
    targets = torch.nn.functional.one_hot(labels, classes).to(features)
    mean_f, mean_t = features.mean(0), targets.mean(0)
    F, T = (features - mean_f, targets - mean_t) if centre else (features, targets)
    W = (
        torch.linalg.solve(F.T @ F + ridge * torch.eye(F.shape[1]).to(F), F.T @ T)
        if ridge
        else torch.linalg.pinv(F) @ T
    )
    return W, mean_t - mean_f @ W


def _added(
    features: torch.Tensor, labels: torch.Tensor, classes: int, ridge: float
) -> tuple[torch.Tensor, torch.Tensor]:
    W, b = _fit(features, labels, classes, ridge)
    return W, b + 2 * features.mean(0) @ W


def _augmented(
    features: torch.Tensor, labels: torch.Tensor, classes: int, ridge: float
) -> tuple[torch.Tensor, torch.Tensor]:
    A = torch.cat([features, torch.ones_like(features[:, :1])], 1)
    targets = torch.nn.functional.one_hot(labels, classes).to(features)
    solution = torch.linalg.solve(A.T @ A + ridge * torch.eye(A.shape[1]).to(A), A.T @ targets)
    return solution[:-1], solution[-1]


# --- the oracle: one stacked least-squares problem, solved by its singular values -------------------------------


def _stacked(
    features: np.ndarray, labels: np.ndarray, classes: int, ridge: float
) -> tuple[np.ndarray, np.ndarray, float]:
    """[F 1; √λ I 0] (W; b) ≈ [T; 0], and the size of what rounding F changes in W."""
    n, D = features.shape
    upper = np.column_stack([features, np.ones(n)])
    lower = np.column_stack([math.sqrt(ridge) * np.eye(D), np.zeros(D)])
    right = np.concatenate([np.eye(classes)[labels], np.zeros((D, classes))])
    solution = np.linalg.lstsq(np.concatenate([upper, lower]), right, rcond=None)[0]
    second, largest, least = float((features**2).sum()), float(abs(solution[:-1]).max()), _curvature(features, ridge)
    # (FᵀF + λI)⁻¹ multiplies the roundings of FᵀF W and of FᵀT
    size = largest * (1 + second / least) + math.sqrt(second * n) / least
    return solution[:-1], solution[-1], size


def _curvature(features: np.ndarray, ridge: float) -> float:
    """The least eigenvalue of FᵀF + λI."""
    centred = features - features.mean(0)
    return max(0.0, float(np.linalg.eigvalsh(centred.T @ centred).min())) + ridge


def _loss(case: Case, W: np.ndarray, b: np.ndarray, best: np.ndarray, offset: np.ndarray) -> str:
    features, targets = exact(case.features), np.eye(case.classes)[case.labels.cpu().numpy()]

    def loss(W: np.ndarray, b: np.ndarray) -> float:
        return float(((features @ W + b - targets) ** 2).sum() + case.ridge * (W**2).sum())

    return f"penalised squares of {loss(W, b):.5g}, where {loss(best, offset):.5g} is least"


def _outputs(features: torch.Tensor, W: torch.Tensor, b: torch.Tensor) -> np.ndarray:
    return exact(features) @ exact(W) + exact(b)


def _hits(case: Case) -> int:
    outputs = _outputs(case.features, case.W, case.b).tolist()
    return sum(row.index(max(row)) == label for row, label in zip(outputs, case.labels.tolist(), strict=True))


def _clear(features: torch.Tensor, W: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether the largest output of every sample stands clear of the second."""
    if W.shape[1] == 1:
        return True
    outputs = np.sort(_outputs(features, W, b), axis=1)
    size = float(abs(exact(features)).max() * abs(exact(W)).max() * len(W) + abs(exact(b)).max())
    return bool((outputs[:, -1] - outputs[:, -2] > 1e-4 * size).all())
