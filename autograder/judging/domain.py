"""What a docstring allows, as data: for each argument its type, shapes, range, ends and special values.

From a domain the protocol draws corners and random points itself, for every exercise alike, beside what the probe of
the exercise asks. A corner is asked one at a time, the other arguments taking usual values:

    Reals(0, inf, "()")         0.001, 1 and 1000, say: near the open end, and far out (`reach` says how near and far)
    Reals(0, 1, "[]")           0, 0.001, 0.5, 0.999 and 1
    Tensor("B, ...", Reals())   batches of one and more, with and without further axes, entries at each corner of theirs

`words` says a domain as docstrings say it; a test compares the two.
"""

from __future__ import annotations

import builtins
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic
from pushforward.errors import CourseError

INF = math.inf
TRIES = 200  # how often a point is drawn anew that the domain as a whole forbids
EXTRA = ((), (1,), (3,), (2, 3), (2, 1, 4))  # further axes, where any may come
FEW = (2, 3, 1)  # entries along an axis of a small point: a single one would hide a sum
MOST = 40  # corners of one function that are asked in one examination; of more, a sample that the seed picks


@dataclass
class Place:
    """Where a point is drawn: its sizes by name, further axes, type and device, and the arguments drawn so far.

    wide: also unusual values; simple: round numbers, with which a reader can calculate.
    """

    rng: np.random.Generator
    dtype: torch.dtype
    device: str
    sizes: dict[str, int] = field(default_factory=dict)
    extra: tuple[int, ...] = ()
    given: dict[str, Any] = field(default_factory=dict)
    wide: bool = False
    simple: bool = False

    def shape(self, axes: str) -> tuple[int, ...]:
        """The shape that "B, D", "B, 2", "B, ..." or "" (a number) stands for here."""
        names = [name.strip() for name in axes.split(",") if name.strip()]
        return tuple(itertools.chain.from_iterable(self.extra if n == "..." else (self._size(n),) for n in names))

    def _size(self, name: str) -> int:
        return int(name) if name.isdigit() else self.sizes[name]

    def tensor(self, array: Any) -> torch.Tensor:
        """These numbers in the type and on the device of this place."""
        return torch.tensor(array, dtype=self.dtype, device=self.device)


# --- numbers ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reals:
    """Real numbers from low to high. ends: "()", "[]", "[)" or "(]".

    reach: how near to an end (or to 0), and how far out, a question may go; usual: where most random points lie;
    also: special values that are allowed beside (NaN, infinities) or worth a question of their own; but: exceptions.
    """

    low: float = -INF
    high: float = INF
    ends: str = "()"
    reach: tuple[float, float] = (1e-3, 1e3)
    usual: tuple[float, float] | None = None
    also: tuple[float, ...] = ()
    but: tuple[float, ...] = ()

    def corners(self, place: Place) -> tuple[float, ...]:
        """The values that are asked on purpose."""
        near, far = self.reach
        closed = [end for end, mark in ((self.low, self.ends[0] == "["), (self.high, self.ends[1] == "]")) if mark]
        if math.isinf(self.low) and math.isinf(self.high):
            inner = [0.0, near, -near, 1.0, -1.0, far, -far]
        elif math.isinf(self.high):
            inner = [self.low + near, self.low + 1.0, self.low + far]
        elif math.isinf(self.low):
            inner = [self.high - near, self.high - 1.0, self.high - far]
        else:
            inner = [self.low + near, (self.low + self.high) / 2, self.high - near]
        return tuple(float(value) for value in (*closed, *inner, *self.also) if value not in self.but)

    def draw(self, place: Place, shape: tuple[int, ...]) -> np.ndarray:
        """Random numbers; in a wide place, half of them on a logarithmic scale between near and far."""
        rng = place.rng
        low, high = self._usual
        plain = rng.uniform(low, high, size=shape)
        if place.simple:
            return self._rounded(plain)
        if not place.wide or (not math.isinf(self.low) and not math.isinf(self.high)):
            return plain
        size = np.exp(rng.uniform(*np.log(self.reach), size=shape))
        sign = rng.choice([-1.0, 1.0], size=shape)
        base = self.low if not math.isinf(self.low) else self.high if not math.isinf(self.high) else 0.0
        away = size if not math.isinf(self.low) else -size if not math.isinf(self.high) else sign * size
        return np.where(rng.random(shape) < 0.5, plain, base + away)

    def _rounded(self, numbers: np.ndarray) -> np.ndarray:
        """To one decimal, or two where one would leave the range."""
        once, twice = numbers.round(1), numbers.round(2)
        inside = (once > self.low) & (once < self.high) & ~np.isin(once, (0.0, *self.but))
        return np.where(inside, once, np.where((twice > self.low) & (twice < self.high), twice, numbers))

    @property
    def _usual(self) -> tuple[float, float]:
        if self.usual is not None:
            return self.usual
        near, far = self.reach
        if math.isinf(self.low) and math.isinf(self.high):
            return -min(2.0, far), min(2.0, far)
        if math.isinf(self.high):
            return self.low + max(near, 0.1), self.low + min(2.0, far)
        if math.isinf(self.low):
            return self.high - min(2.0, far), self.high - max(near, 0.1)
        return self.low + near, self.high - near


@dataclass(frozen=True)
class Wholes:
    """Whole numbers from low to high, both included; high may be the name of a size ("T"). also: worth a question."""

    low: int = 1
    high: int | str | None = None
    reach: int = 2000  # how far out a question may go where there is no upper end
    also: tuple[int, ...] = ()

    def top(self, place: Place) -> int:
        """The largest value here."""
        if isinstance(self.high, str):
            return place.sizes[self.high]
        return self.reach if self.high is None else self.high

    def corners(self, place: Place) -> tuple[int, ...]:
        top = self.top(place)
        return tuple(
            dict.fromkeys(n for n in (self.low, self.low + 1, top - 1, top, *self.also) if self._holds(n, top))
        )

    def _holds(self, n: int, top: int) -> bool:
        return self.low <= n and (n <= top or self.high is None)

    def draw(self, place: Place, shape: tuple[int, ...]) -> np.ndarray:
        """Random whole numbers, small ones as likely as large ones."""
        top = min(self.top(place), self.low + 4) if place.simple else self.top(place)
        drawn = np.exp(place.rng.uniform(0, math.log(top - self.low + 1), size=shape)) - 1 + self.low
        return np.clip(np.rint(drawn), self.low, top).astype(np.int64)


def _each(range: Reals | Wholes, place: Place, use: Callable[[Place, Any], Any]) -> Iterator[Callable[[Place], Any]]:
    """A maker for every corner; which value that is, is decided where the point is drawn."""
    for k in builtins.range(len(range.corners(place))):
        yield lambda place, k=k: use(place, range.corners(place)[min(k, len(range.corners(place)) - 1)])


# --- arguments -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    """A Python number. says: what else the docstring says of it."""

    range: Reals | Wholes
    says: tuple[str, ...] = ()

    def corners(self, place: Place) -> Iterator[Callable[[Place], Any]]:
        return _each(self.range, place, lambda _, value: value)

    def draw(self, place: Place) -> Any:
        return self.range.draw(place, ()).item()


@dataclass(frozen=True)
class Tensor:
    """A tensor with these axes ("B, D", "B, ..." with any further ones, "..." of any shape, "" without axes).

    says: what else the docstring says of it; broadcasts: leading axes may be missing, and others have length 1.
    """

    axes: str
    range: Reals | Wholes = Reals()
    says: tuple[str, ...] = ()
    broadcasts: bool = False

    def corners(self, place: Place) -> Iterator[Callable[[Place], Any]]:
        return _each(self.range, place, self._with)

    def draw(self, place: Place) -> torch.Tensor:
        return self._tensor(place, self.range.draw(place, self._shape(place)))

    def _shape(self, place: Place) -> tuple[int, ...]:
        shape = place.shape(self.axes)
        if not self.broadcasts:
            return shape
        kept = shape[place.rng.integers(len(shape) + 1) :]
        return tuple(1 if place.rng.random() < 0.3 else n for n in kept)

    def _with(self, place: Place, value: float) -> torch.Tensor:
        """Some entries take the value, one of them at least, sometimes all."""
        array = self.range.draw(place, self._shape(place))
        chosen = np.asarray(place.rng.random(array.shape) < place.rng.choice([0.3, 1.0]))  # of no axes, too
        if chosen.size and not chosen.any():
            chosen.reshape(-1)[place.rng.integers(chosen.size)] = True
        return self._tensor(place, np.where(chosen, value, array))

    def _tensor(self, place: Place, array: np.ndarray) -> torch.Tensor:
        if isinstance(self.range, Wholes):
            return torch.tensor(array.astype(np.int64), device=place.device)
        return place.tensor(array)


@dataclass(frozen=True)
class Either:
    """An argument that may be of several kinds: a number or a tensor, say."""

    kinds: tuple[Any, ...]
    says: tuple[str, ...] = ()

    def corners(self, place: Place) -> Iterator[Callable[[Place], Any]]:
        return itertools.chain.from_iterable(kind.corners(place) for kind in self.kinds)

    def draw(self, place: Place) -> Any:
        return self.kinds[place.rng.integers(len(self.kinds))].draw(place)


@dataclass(frozen=True)
class Made:
    """An argument that the exercise makes itself (a map, a network, a dictionary).

    make: takes the place, which holds the arguments before it; choices: makers that are each asked as a corner.
    """

    make: Callable[[Place], Any]
    choices: tuple[Callable[[Place], Any], ...] = ()
    says: tuple[str, ...] = ()

    def corners(self, place: Place) -> Iterator[Callable[[Place], Any]]:
        yield from self.choices

    def draw(self, place: Place) -> Any:
        return self.make(place)


# --- results ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Like:
    """A tensor of the type of that argument."""

    argument: str


@dataclass(frozen=True)
class Int64:
    """A tensor of whole numbers of that type, whatever the arguments are."""


Returns = Like | Int64 | None | tuple | dict  # None: of the type, nothing is promised


# --- a function's domain ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Domain:
    """All that a function may be given, and the type of what it promises.

    arguments: by name, in the order of the signature; sizes: of each named axis the least and the largest usual value,
    and any further ones that are worth a question; empty: axes that may have no entry; when: what holds for the
    arguments together; draws: random points of each type in one examination; most: corners in one examination;
    returns: the types that the docstring promises, by place (`Like("x0")`, `Int64()`, None where it promises none);
    says: words of the docstring that are no claim about an argument.
    """

    arguments: dict[str, Any]
    sizes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    when: Callable[..., bool] | None = None
    draws: int = 4
    most: int = MOST
    returns: Returns = None
    says: tuple[str, ...] = ()

    def points(self, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
        """Corners one at a time, then random points, each as {argument: value}; types and devices take turns."""
        turns = itertools.cycle(list(arithmetic()))
        plans = list(self._plans(Place(rng, *next(turns), sizes=self._usual_sizes(rng))))
        if len(plans) > self.most:
            plans = [plans[i] for i in sorted(rng.choice(len(plans), size=self.most, replace=False))]
        cornered = [self._point(rng, next(turns), sizes, extra, fixed) for sizes, extra, fixed in plans]
        at_random = [self._point(rng, where) for _ in range(self.draws) for where in arithmetic()]
        found = [point for point in (*cornered, *at_random) if point is not None]
        if not found:
            raise CourseError(f"No point of a domain was found in {TRIES} tries each: `when` forbids too much.")
        yield from found

    def small(self, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
        """Points of few entries and round numbers, then corners of the arguments among such; types take turns."""
        turns = itertools.cycle((torch.float64, torch.float32))
        sizes = {n: {name: min(max(n, low), high) for name, (low, high, *_) in self.sizes.items()} for n in FEW}
        plans = [(sizes[n], extra, {}) for extra in self._short_axes for n in FEW]
        corners = self._plans(Place(rng, torch.float64, "cpu", sizes=sizes[FEW[0]]))
        plans += [(sizes[FEW[0]], self._short_axes[0], fixed) for _, _, fixed in corners if fixed]
        points = (self._point(rng, (next(turns), "cpu"), *plan, simple=True) for plan in plans)
        yield from (point for point in points if point is not None)

    @property
    def _short_axes(self) -> tuple[tuple[int, ...], ...]:
        if not self._any_axes:
            return ((),)
        return ((2,), (3,), (1,)) if () not in self._extra else ((), (2,), (3,))

    def _plans(self, place: Place) -> Iterator[tuple[dict[str, int], tuple[int, ...] | None, dict[str, Callable]]]:
        """What each corner fixes: sizes, further axes, an argument."""
        for name, values in self.sizes.items():
            yield from (({name: n}, None, {}) for n in dict.fromkeys(values))
        yield from (({name: 0}, None, {}) for name in self.empty)
        if self._any_axes:
            yield from (({}, extra, {}) for extra in self._extra)
        for name, argument in self.arguments.items():
            yield from (({}, None, {name: make}) for make in argument.corners(place))

    def _point(
        self,
        rng: np.random.Generator,
        where: tuple[torch.dtype, str],
        sizes: dict[str, int] | None = None,
        extra: tuple[int, ...] | None = None,
        fixed: dict[str, Callable] | None = None,
        *,
        simple: bool = False,
    ) -> dict[str, Any] | None:
        """One point; whatever is not fixed is random, and in a wide range if nothing is, or nothing else fits.

        None if `when` lets the others be none of what was tried: a corner that the domain does not have.
        """
        for attempt in range(TRIES):
            axes = extra if extra is not None else self._extra[rng.integers(len(self._extra))]
            place = Place(rng, *where, {**self._usual_sizes(rng), **(sizes or {})}, axes, simple=simple)
            place.wide = fixed is None or attempt > TRIES // 2
            for name, argument in self.arguments.items():
                make = (fixed or {}).get(name, argument.draw)
                place.given[name] = make(place)
            if self.when is None or self.when(**place.given):
                return place.given
        return None

    def _usual_sizes(self, rng: np.random.Generator) -> dict[str, int]:
        return {name: int(rng.integers(values[0], values[1] + 1)) for name, values in self.sizes.items()}

    @property
    def _any_axes(self) -> bool:
        return any("..." in kind.axes for kind in self._tensors())

    @property
    def _extra(self) -> tuple[tuple[int, ...], ...]:
        """A tensor of any shape has an axis at least: nobody means a number by it."""
        if not self._any_axes:
            return ((),)
        return EXTRA[1:] if any(kind.axes == "..." for kind in self._tensors()) else EXTRA

    def _tensors(self) -> Iterator[Tensor]:
        for argument in self.arguments.values():
            kinds = argument.kinds if isinstance(argument, Either) else (argument,)
            yield from (kind for kind in kinds if isinstance(kind, Tensor))

    @property
    def holds_something(self) -> bool:
        """Whether some argument could be changed in place."""
        return any(not isinstance(argument, Number) for argument in self.arguments.values())
