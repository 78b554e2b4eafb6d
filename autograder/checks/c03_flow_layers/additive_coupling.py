"""flow.additive_coupling: x = z where keep, z + t(keep z) elsewhere; log |det ∂x/∂z| = 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c03_flow_layers.shared import KEEPS, Layer, from_kept, keeps, turned, unlogged
from autograder.judging.compare import arithmetic
from autograder.judging.domain import Domain, Like, Made, Reals, Tensor
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, exercise, wrong
from autograder.judging.networks import linear, network

FORTH, BACK = NAMES = "additive_forward", "additive_inverse"
_KEEP, _T = Made(keeps, (keeps,), says=(KEEPS,)), from_kept()
_POINTS = Reals(reach=(1e-3, 30))


def _domain(points: str) -> Domain:
    arguments = {points: Tensor("B, D", _POINTS), "keep": _KEEP, "t": _T}
    return Domain(arguments, sizes={"B": (1, 3), "D": (2, 4)}, returns=(Like(points), Like(points)), draws=1, most=8)


def _with(
    sign: float, seen: Callable = lambda v, keep: v * keep, moved: Callable = lambda keep: ~keep, ladj: Any = None
) -> Callable:
    """A coupling that shows t something else, or moves other coordinates, or claims another log-determinant."""

    def way(v: torch.Tensor, keep: torch.Tensor, t: Callable) -> tuple[torch.Tensor, torch.Tensor]:
        shift = t(seen(v, keep)) * moved(keep)
        return v + sign * shift, 0 * v.sum(1) if ladj is None else sign * ladj(shift)

    return way


def _both(**slip: Callable) -> dict[str, Callable]:
    return {FORTH: _with(1, **slip), BACK: _with(-1, **slip)}


@exercise("flow.additive_coupling", NAMES)
class AdditiveCoupling(Layer):
    """x = z where keep, z + t(keep z) elsewhere. The Jacobian is triangular with ones on its diagonal."""

    bare = True
    hints = (
        "t may look at the kept coordinates only: what does it see of z, and what of x?",
        "t gives D numbers for each row. Which of them are added, and to which coordinates?",
        "On the way back the kept coordinates of x are those of z, so t gives the same shift as before. What undoes it? "
        "And which entries of ∂x/∂z stand on the diagonal?",
    )
    domain = {FORTH: _domain("z"), BACK: _domain("x")}

    def layer(self, z: torch.Tensor, keep: torch.Tensor, t: Callable) -> torch.Tensor:
        return torch.where(keep, z, z + t(torch.where(keep, z, torch.zeros_like(z))))

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        threefold = linear([[0.0, 0.0], [3.0, 0.0]], [0.0, 0.0], PYTHON, "t(v) = (0, 3 v_1)")
        keep = torch.tensor([True, False])
        yield self.both(floats([[1.0, 2.0]], PYTHON), keep, threefold)
        nosy = linear([[1.0, 2.0], [3.0, 1.0]], [0.5, 0.0], PYTHON, "t(v) = (v_1 + 2 v_2 + ½, 3 v_1 + v_2)")
        yield self.both(floats([[1.0, 2.0], [0.5, -1.0]], PYTHON), keep, nosy, slopes=True)
        for dtype, device in arithmetic():
            for D in (2, 3):
                keep = torch.tensor(rng.permutation(D) == 0, device=device)
                t = network(rng, (D, 6, D), dtype, device)
                yield self.both(normal(rng, (3, D), dtype, device), keep, t, slopes=dtype is torch.float64)

    mistakes = (
        *turned(FORTH, BACK, _with(1), _with(-1)),
        unlogged(FORTH, BACK, _with(1), _with(-1)),
        wrong(
            "the mask swapped",
            _both(seen=lambda v, keep: v * ~keep, moved=lambda keep: keep),
            "Here the coordinates that should pass are moved, and the others pass. `keep` is True where x = z.",
        ),
        wrong(
            "t sees what it moves",
            _both(seen=lambda v, keep: v),
            "t was shown all of z. On the way back the moved coordinates of z are not known, so such a layer cannot be "
            "inverted like this, and its Jacobian is no longer triangular. Show t the kept ones, zeros elsewhere.",
        ),
        wrong(
            "everything is moved",
            _both(moved=lambda keep: torch.ones_like(keep)),
            "t gives D numbers, and all were added. The kept coordinates must pass unchanged, or the way back does not "
            "find what t has seen.",
        ),
        wrong(
            "the shift taken for a volume",
            {FORTH: _with(1, ladj=lambda shift: shift.sum(1)), BACK: _with(-1, ladj=lambda shift: shift.sum(1))},
            "A shift moves, and moving changes no volume. The diagonal of ∂x/∂z holds ones, whatever t is.",
        ),
    )
