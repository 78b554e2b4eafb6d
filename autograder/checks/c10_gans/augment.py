"""gan.augment: shift and contrast of pictures, differentiable, before every look of the discriminator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, exact, has_shape, values
from autograder.judging.domain import Domain, Like, Made, Place, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, case, exercise, gate, grad, pays, wrong


def changed(x: np.ndarray, shift: np.ndarray, contrast: np.ndarray) -> np.ndarray:
    """Pixel by pixel."""
    out = np.zeros_like(x)
    for b, i, j in np.ndindex(x.shape):
        row, column = i - shift[b, 0], j - shift[b, 1]
        inside = 0 <= row < x.shape[1] and 0 <= column < x.shape[2]
        mean = x[b].mean()
        out[b, i, j] = mean + contrast[b] * ((x[b, row, column] if inside else 0.0) - mean)
    return out


def _shift(place: Place) -> torch.Tensor:
    return torch.tensor(place.rng.integers(-2, 3, size=(place.sizes["B"], 2)), device=place.device)


def _still(place: Place) -> torch.Tensor:
    return torch.zeros((place.sizes["B"], 2), dtype=torch.int64, device=place.device)


def _adjoint(cotangent: np.ndarray, shift: np.ndarray, contrast: np.ndarray) -> np.ndarray:
    """Σ cotangent · ∂T/∂x: T is linear in x, so its columns are what it makes of single pixels."""
    out = np.zeros_like(cotangent)
    for b, i, j in np.ndindex(out.shape):
        pixel = np.zeros((1, *out.shape[1:]))
        pixel[0, i, j] = 1.0
        out[b, i, j] = (cotangent[b] * changed(pixel, shift[b : b + 1], contrast[b : b + 1])[0]).sum()
    return out


@exercise("gan.augment", ("augment",))
class Augment(Exercise):
    """T(x) = mean + contrast · (shifted x − mean), picture by picture."""

    shape = gate("augment gives pictures of the same shape")
    shifted = pays("each picture is shifted by its own rows and columns, and what comes in at the border is 0")
    contrast = pays("each picture's contrast is changed about its own mean")
    slopes = pays("gradients pass through the augmentation to the pictures", 2.0)

    hints = (
        "For a shift of one row down, the first row becomes 0 and every other one takes the row above.",
        "The mean is that of the picture as it came, one number per picture. keepdim=True keeps the axes.",
        "Stay with torch operations on x: whatever a generated picture goes through on its way to D, its gradient has to "
        "come back through.",
    )

    domain = {
        "augment": Domain(
            {
                "x": Tensor("B, H, W", Reals(reach=(1e-3, 20))),
                "shift": Made(
                    _shift, (_still,), says=("(B, 2)", "int64", "entries −2 … 2", "rows down and columns right")
                ),
                "contrast": Tensor("B", Reals(0, float("inf"), reach=(1e-2, 10))),
            },
            sizes={"B": (1, 4), "H": (3, 6), "W": (3, 6)},
            returns=Like("x"),
            most=14,
            draws=2,
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        picture = torch.zeros(1, 3, 3)
        picture[0, 0, 0] = 9.0
        for shift, contrast in (((1, 2), 1.0), ((0, 0), 2.0)):
            given = {"x": picture, "shift": torch.tensor([shift]), "contrast": torch.tensor([contrast])}
            yield self.case_of("augment", given)
        for dtype, device in arithmetic():
            for size in ((3, 4, 5), (2, 3, 3)):
                given = {
                    "x": normal(rng, size, dtype, device),
                    "shift": torch.tensor(rng.integers(-2, 3, size=(size[0], 2)), device=device),
                    "contrast": floats(rng.uniform(0.5, 1.5, size=size[0]), dtype, device),
                }
                yield self.case_of("augment", given)
                yield self.case_of("augment", {**given, "contrast": torch.ones_like(given["contrast"])})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        law = self.shifted if bool((given["contrast"] == 1).all()) else self.contrast
        cotangent = torch.linspace(-1, 2, given["x"].numel(), dtype=given["x"].dtype).reshape(given["x"].shape)
        ask = grad(name, ("x",), cotangent.to(given["x"].device), **given)
        return case(ask, about=(self.shape, law, self.slopes), law=law, cotangent=cotangent, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        value = answer["value"] if isinstance(answer, dict) else answer
        shape = has_shape(value, tuple(case.x.shape), like=case.x)
        yield self.shape(*shape)
        if not shape.ok:
            return
        x, shift, contrast = exact(case.x), case.shift.cpu().numpy(), exact(case.contrast)
        size = (1 + contrast)[:, None, None] * np.abs(x).max(axis=(1, 2), keepdims=True)
        yield case.law(*close(value, changed(x, shift, contrast), case.x.dtype, size))
        got, cotangent = answer["gradients"].get("x"), exact(case.cotangent)
        if values(got) is None:
            yield self.slopes(False, "a gradient with respect to x", "no gradient")
            return
        want = _adjoint(cotangent, shift, contrast)
        room = (1 + contrast)[:, None, None] * np.abs(cotangent).sum(axis=(1, 2), keepdims=True)
        yield self.slopes(*close(got, want, case.x.dtype, room))

    mistakes = (
        wrong(
            "comes in on the other side",
            lambda x, shift, contrast: _contrasted(_rolled(x, shift), x, contrast),
            "What leaves the picture on one side comes in on the other. The border is filled with 0.",
        ),
        wrong(
            "the other way",
            lambda x, shift, contrast: _contrasted(_moved(x, -shift), x, contrast),
            "The pictures move up and to the left. A positive shift goes down and to the right.",
        ),
        wrong(
            "rows and columns exchanged",
            lambda x, shift, contrast: _contrasted(_moved(x, shift.flip(1)), x, contrast),
            "Rows and columns have changed places: shift[:, 0] goes down, shift[:, 1] to the right.",
        ),
        wrong(
            "one shift for all",
            lambda x, shift, contrast: _contrasted(_moved(x, shift[:1].expand_as(shift)), x, contrast),
            "All pictures were shifted like the first one. Each has a shift of its own.",
        ),
        wrong(
            "contrast about zero",
            lambda x, shift, contrast: contrast[:, None, None] * _moved(x, shift),
            "The picture was multiplied, which changes its brightness too. The contrast spreads it about its mean.",
        ),
        wrong(
            "one mean for the whole batch",
            lambda x, shift, contrast: x.mean() + contrast[:, None, None] * (_moved(x, shift) - x.mean()),
            "The mean is that of the whole batch: each picture would depend on the others. Take each picture's own.",
        ),
        wrong(
            "the contrast before the shift",
            lambda x, shift, contrast: _moved(_contrasted(x, x, contrast), shift),
            "The contrast was changed first, and plain zeros came in afterwards. What comes in is part of the shifted "
            "picture, and is spread about the mean with the rest.",
        ),
        wrong(
            "the mean after the shift",
            lambda x, shift, contrast: _contrasted(_moved(x, shift), _moved(x, shift), contrast),
            "The mean was taken after the shift, when part of the picture has left the frame. It is that of x.",
        ),
        wrong(
            "cut from the graph",
            lambda x, shift, contrast: _contrasted(_moved(x.detach(), shift), x.detach(), contrast),
            "The pictures are right, but no gradient passes: a generator behind this would learn nothing.",
            also=(lambda x, shift, contrast: _contrasted(_moved(x, shift), x.detach(), contrast),),
        ),
    )


def _rolled(x: torch.Tensor, shift: torch.Tensor) -> torch.Tensor:
    return torch.stack([a.roll(tuple(s), (0, 1)) for a, s in zip(x, shift.tolist(), strict=True)])


def _moved(x: torch.Tensor, shift: torch.Tensor) -> torch.Tensor:
    return _rolled(torch.nn.functional.pad(x, (2, 2, 2, 2)), shift)[:, 2:-2, 2:-2]


def _contrasted(moved: torch.Tensor, x: torch.Tensor, contrast: torch.Tensor) -> torch.Tensor:
    mean = x.mean((1, 2), keepdim=True)
    return mean + contrast[:, None, None] * (moved - mean)
