"""flow.depth: which coordinate of x can depend on which one of z after a chain of couplings, and from how many on all."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, kind_of, number, show
from autograder.judging.domain import Domain, Made, Place
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles.reach import reached
from pushforward.answering.wire import Plain

WHICH, LEAST = NAMES = "dependence", "least_layers"
LONG = 120  # layers of a deep chain
WIDE = 512  # coordinates of a wide one


def _mask(rng: np.random.Generator, D: int) -> list[bool]:
    """At least one coordinate is kept, and at least one is not."""
    keep, chosen = rng.random(D) < 0.5, rng.permutation(D)
    keep[chosen[0]], keep[chosen[1]] = True, False
    return keep.tolist()


def _some(place: Place) -> torch.Tensor:
    rows = [_mask(place.rng, place.sizes["D"]) for _ in range(place.sizes["L"])]
    return torch.tensor(rows, device=place.device)


def _turns(place: Place) -> torch.Tensor:
    """Two halves that take turns."""
    D, first = place.sizes["D"], _mask(place.rng, place.sizes["D"])
    rows = [[keep == (k % 2 == 0) for keep in first] for k in range(place.sizes["L"])]
    return torch.tensor(rows, device=place.device).reshape(-1, D)


def _stuck(place: Place) -> torch.Tensor:
    """The same half is kept by every layer."""
    return torch.tensor([_mask(place.rng, place.sizes["D"])] * place.sizes["L"], device=place.device)


# --- slips -----------------------------------------------------------------------------------------------------


def _layer(keep: torch.Tensor, own: bool = True) -> torch.Tensor:
    here = ~keep[:, None] & keep[None, :]
    return here | torch.eye(len(keep), dtype=torch.bool, device=keep.device) if own else here


def _after(keeps: torch.Tensor, layer: Callable = _layer, turned: bool = False) -> torch.Tensor:
    found = torch.eye(keeps.shape[1], device=keeps.device)
    for keep in keeps:
        more = layer(keep).float()
        found = ((found @ more if turned else more @ found) > 0).float()
    return found > 0


def _counted(keeps: torch.Tensor, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    found = torch.eye(keeps.shape[1], device=keeps.device).to(dtype)
    for keep in keeps:
        found = _layer(keep).to(dtype) @ found
    return found > 0


def _any(keeps: torch.Tensor) -> torch.Tensor:
    return torch.stack([_layer(keep) for keep in keeps]).any(0)


def _first_full(keeps: torch.Tensor, after: Callable = _after) -> int:
    return next((n for n in range(1, len(keeps) + 1) if bool(after(keeps[:n]).all())), 0)


@exercise("flow.depth", NAMES)
class Depth(Exercise):
    """dependence[i, j]: can x_i depend on z_j? A changed coordinate takes in what itself and all kept ones had taken in."""

    form = gate("dependence is a square of truth values on the masks' device, least_layers a whole number")
    all = pays("dependence holds true exactly where x_i can depend on z_j, through any path of the chain", 2.0)
    least = pays("least_layers is the first length from which on every coordinate depends on every other, else 0", 1.5)

    hints = (
        "One layer: a kept x_i is z_i. A changed one depends on z_i and on every kept coordinate.",
        "The next layer works on what the first has made. Whatever its inputs depend on, its outputs depend on.",
        "As matrices of 0 and 1: the layers' patterns multiplied, the last one on the left, and what is above 0 is true.",
    )

    _says = (
        "(L, D)",
        "bool",
        "layer after layer from the noise on",
        "True where kept",
        "some True and some False in each row",
    )
    _keeps = Made(_some, (_turns, _stuck, _some), says=_says)
    domain = {
        WHICH: Domain({"keeps": _keeps}, sizes={"L": (1, 5), "D": (2, 6)}),
        LEAST: Domain({"keeps": _keeps}, sizes={"L": (1, 6), "D": (2, 6)}),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        swap = torch.tensor([[True, False], [False, True]])
        for keeps in (swap[:1], swap, swap[[0, 1, 0]], swap[[0, 0, 0]]):
            yield self.case_of(WHICH, {"keeps": keeps})
            yield self.case_of(LEAST, {"keeps": keeps})
        for device in {device for _, device in arithmetic()}:
            yield from self._long(device)
            yield from self._wide(rng, device)
        for (_, device), D in itertools.product(arithmetic(), (3, 4, 5, 6)):
            for L in (2, 3, 5):
                place = Place(rng, torch.float64, device, {"L": L, "D": D})
                for make in (_some, _turns):
                    keeps = make(place)
                    yield self.case_of(WHICH, {"keeps": keeps})
                    yield self.case_of(LEAST, {"keeps": torch.cat([keeps, _turns(place)])})

    def _long(self, device: str) -> Iterator[Case]:
        """So many layers that the number of paths from z_j to x_i fits no float32, int32 or int64."""
        first = torch.arange(8, device=device) % 2 == 0
        keeps = torch.stack([first, ~first]).repeat(LONG // 2, 1)
        yield self.case_of(WHICH, {"keeps": keeps})

    def _wide(self, rng: np.random.Generator, device: str) -> Iterator[Case]:
        """256 paths, which fit no byte, from one z_j to one x_i among so many others; and somewhat larger chains."""
        first = torch.arange(WIDE, device=device) % 2 == 0
        yield self.case_of(WHICH, {"keeps": torch.stack([first, ~first])})
        for D, L in ((8, 9), (11, 14)):
            yield self.case_of(WHICH, {"keeps": _some(Place(rng, torch.float64, device, {"L": L, "D": D}))})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        keeps = given["keeps"]
        about = (self.form, self.all) if name == WHICH else (self.form, self.least)
        return case(call(name, keeps), about=about, name=name, keeps=keeps)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        keeps = case.keeps.cpu().numpy()
        if case.name == WHICH:
            yield from self._which(case, reached(keeps), answer)
            return
        said = number(answer)
        good = said is not None and said.is_integer()
        yield self.form(good, "a whole number", show(answer) if said is not None else kind_of(answer))
        if good:
            want = next((n for n in range(1, len(keeps) + 1) if reached(keeps[:n]).all()), 0)
            yield self.least(said == want, str(want), show(answer))

    def _which(self, case: Case, want: np.ndarray, answer: Any) -> Iterator[Finding]:
        D = len(want)
        good = isinstance(answer, Plain) and answer.shape == (D, D) and answer.dtype == "bool"
        good = good and answer.kind == "tensor" and answer.device.split(":")[0] == case.keeps.device.type
        yield self.form(good, f"a tensor of truth values of shape ({D}, {D})", kind_of(answer))
        if good:
            apart = np.argwhere(answer.array != want)
            i, j = apart[0] if len(apart) else (0, 0)
            said = f"x_{i + 1} on z_{j + 1}: {want[i, j]}", f"x_{i + 1} on z_{j + 1}: {not want[i, j]}"
            yield self.all(not len(apart), *(said if len(apart) else ("", "")))

    mistakes = (
        wrong(
            "the chain in the wrong order",
            {WHICH: lambda keeps: _after(keeps, turned=True)},
            "The patterns were multiplied in the order of the noise. The first layer acts first, so it stands on the right.",
            also=({WHICH: lambda keeps: _after(keeps.flip(0))},),
        ),
        wrong(
            "one step only",
            {WHICH: _any, LEAST: lambda keeps: _first_full(keeps, _any)},
            "Each layer was looked at by itself. What a coordinate took in earlier, it passes on: follow the paths.",
        ),
        wrong(
            "what a coordinate was",
            {WHICH: lambda keeps: _after(keeps, lambda keep: _layer(keep, own=False) | torch.diag(keep))},
            "A changed coordinate is e^s z_i + t: it still depends on what it was.",
        ),
        wrong(
            "rows for columns",
            {WHICH: lambda keeps: _after(keeps).T},
            "Row i tells what x_i depends on. This is the other way round.",
        ),
        wrong(
            "kept ones take in, too",
            {WHICH: lambda keeps: _after(keeps, lambda keep: _layer(keep) | _layer(~keep))},
            "A kept coordinate passes the layer unchanged.",
        ),
        wrong(
            "paths counted",
            {WHICH: _counted},
            "The paths were counted, and a deep chain has more of them than a number holds: it overflows. After each layer "
            "ask only whether there is one.",
            also=tuple(
                {WHICH: functools.partial(_counted, dtype=kind)} for kind in (torch.uint8, torch.int32, torch.int64)
            ),
        ),
        wrong(
            "always two",
            {LEAST: lambda keeps: 2 if len(keeps) > 1 else 0},
            "After two layers the coordinates that were changed first do not yet see each other, and with other masks it "
            "may take longer. Look for the first length at which the pattern is full.",
            also=({LEAST: lambda keeps: 3 if len(keeps) > 2 else 0},),
        ),
        wrong(
            "the length that was given",
            {LEAST: lambda keeps: len(keeps) if bool(_after(keeps).all()) else 0},
            "The whole chain was looked at. Asked is for how many of its first layers are enough.",
        ),
        wrong(
            "counted from nought",
            {LEAST: lambda keeps: max(_first_full(keeps) - 1, 0)},
            "That is the index of the layer. The number of layers is one more.",
        ),
    )
