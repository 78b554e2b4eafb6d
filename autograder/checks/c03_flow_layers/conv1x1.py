"""flow.conv1x1: x[:, :, i, j] = A z[:, :, i, j] at every pixel; log |det ∂x/∂z| = H · W · log |det A|."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch

from autograder.checks.c02_change_of_variables.shared import invertible, random_matrix
from autograder.checks.c03_flow_layers.shared import Layer, slips
from autograder.judging.compare import arithmetic
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, exercise, wrong

FORTH, BACK = NAMES = "conv1x1_forward", "conv1x1_inverse"
Pair = tuple[torch.Tensor, torch.Tensor]


def _domain(points: str) -> Domain:
    arguments = {points: Tensor("B, C, H, W", Reals(reach=(1e-3, 30))), "A": invertible("C")}
    sizes = {"B": (1, 3), "C": (1, 3), "H": (1, 3), "W": (1, 3)}
    return Domain(arguments, sizes=sizes, returns=(Like(points), Like(points)), draws=1, most=14)


def _mixed(v: torch.Tensor, A: torch.Tensor) -> torch.Tensor:
    return torch.einsum("oc,bchw->bohw", A, v)


def _volume(A: torch.Tensor) -> torch.Tensor:
    return torch.linalg.slogdet(A).logabsdet


def _with(
    out: Callable = lambda A: A,
    home: Callable = torch.linalg.inv,
    log: Callable[[torch.Tensor], torch.Tensor] = _volume,
    times: Callable[[torch.Tensor], int] = lambda v: v.shape[2] * v.shape[3],
) -> dict[str, Callable]:
    """Both directions with other matrices, another log-determinant, or another count of it."""

    def forth(z: torch.Tensor, A: torch.Tensor) -> Pair:
        return _mixed(z, out(A)), times(z) * log(A) + 0 * z.sum((1, 2, 3))

    def back(x: torch.Tensor, A: torch.Tensor) -> Pair:
        return _mixed(x, home(A)), 0 * x.sum((1, 2, 3)) - times(x) * log(A)

    return {FORTH: forth, BACK: back}


_RIGHT = _with()


def _torn(way: Callable) -> Callable:
    """Rows of C numbers as they lie there, which are no pixels."""

    def changed(v: torch.Tensor, A: torch.Tensor) -> Pair:
        rows = v.reshape(-1, v.shape[1])[:, :, None, None]
        return way(rows, A)[0].reshape(v.shape), way(v, A)[1]

    return changed


@exercise("flow.conv1x1", NAMES)
class Conv1x1(Layer):
    """x[:, :, i, j] = A z[:, :, i, j]. The Jacobian holds A once for every pixel."""

    learnt = (0,)
    hints = (
        "At one pixel stands a vector of C channels, and A acts on it. Which axis of z is summed over, and which of A?",
        "Seen pixel by pixel the Jacobian is block-diagonal. How many blocks are there, and what is the determinant of each?",
        "det A may be negative, or too small for its type: take its logarithm with torch.linalg.slogdet. It is the same "
        "for every item.",
    )
    domain = {FORTH: _domain("z"), BACK: _domain("x")}

    def layer(self, z: torch.Tensor, A: torch.Tensor) -> torch.Tensor:
        columns = [sum(A[o, c] * z[:, c] for c in range(len(A))) for o in range(len(A))]
        return torch.stack(columns, dim=1)

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        A = floats([[0.0, 2.0], [3.0, 1.0]], PYTHON)
        yield self.both(floats([[[[1.0]], [[0.5]]]], PYTHON), A)
        yield self.both(floats([[[[1.0, -1.0]], [[0.5, 2.0]]]], PYTHON), A, slopes=True)
        for dtype, device in arithmetic():
            for C, H, W, sign in ((2, 2, 1, -1), (3, 1, 2, 1), (1, 2, 3, -1)):
                A = floats(random_matrix(rng, C, sign), dtype, device)
                yield self.both(normal(rng, (2, C, H, W), dtype, device), A, slopes=dtype is torch.float64)

    mistakes = (
        *slips(FORTH, BACK, _RIGHT[FORTH], _RIGHT[BACK], alike=True),
        wrong(
            "one pixel's log-determinant",
            _with(times=lambda v: 1),
            "A acts once at every pixel, so its log-determinant counts H · W times.",
        ),
        wrong(
            "height or width forgotten",
            _with(times=lambda v: v.shape[2]),
            "The number of pixels is H · W: both sides of the picture count.",
            also=tuple(
                _with(times=t) for t in (lambda v: v.shape[3], lambda v: v.shape[2] ** 2, lambda v: v.shape[3] ** 2)
            ),
        ),
        wrong(
            "channels counted with the pixels",
            _with(times=lambda v: v[0].numel()),
            "det A speaks of all channels of a pixel already. It counts once for each of the H · W pixels.",
        ),
        wrong(
            "A transposed",
            _with(out=lambda A: A.T, home=lambda A: torch.linalg.inv(A.T)),
            "The channels are multiplied by the transpose of A. Output channel o is the sum over c of A[o, c] z[:, c].",
        ),
        wrong(
            "no absolute value",
            _with(log=lambda A: torch.linalg.det(A).log()),
            "det A may be negative, and its logarithm is then NaN. Volumes have no sign.",
            also=(_with(log=lambda A: torch.linalg.slogdet(A).sign * _volume(A)), _with(log=torch.logdet)),
        ),
        wrong(
            "channels and pixels mixed up",
            {FORTH: _torn(_RIGHT[FORTH]), BACK: _torn(_RIGHT[BACK])},
            "reshape(-1, C) does not put the channels last: it cuts the numbers in the order in which they lie there, pixels "
            "of one channel side by side. Move the axis (movedim, einsum) before you reshape.",
        ),
        wrong(
            "inverted by the transpose",
            {BACK: _with(home=lambda A: A.T)[BACK]},
            "The transpose undoes a rotation, and no other matrix. Solve with A.",
        ),
    )
