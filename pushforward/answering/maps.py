"""Maps with a name: elementary functions that a check can hand to the student's code, and the pool of notebook 02.

Each rule is written once, coordinate by coordinate, for any arithmetic `m`: torch's here, and that of high precision
where a claim about a map is to be proved.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import torch

from pushforward.errors import CourseError

TORCH = SimpleNamespace(
    exp=torch.exp,
    log=torch.log,
    sin=torch.sin,
    cos=torch.cos,
    sinh=torch.sinh,
    tanh=torch.tanh,
    sigmoid=torch.sigmoid,
    softplus=lambda x: torch.logaddexp(x, torch.zeros_like(x)),
    where=torch.where,
)


@dataclass(frozen=True)
class Map:
    """A function by its formula.

    template: the formula with its parameters in braces; parameters: their names, in the order of the rule; dimensions:
    of the spaces that it maps to themselves, () if it acts on every entry by itself; rule(m, x, *parameters): the
    images' coordinates from those of x, a tuple.
    """

    template: str
    parameters: tuple[str, ...]
    dimensions: tuple[int, ...]
    rule: Callable[..., tuple]

    @property
    def formula(self) -> str:
        """For readers, with the names of the parameters."""
        return self.template.format(**{name: name for name in self.parameters})

    def with_numbers(self, *parameters: float) -> str:
        """For readers, with their values."""
        shown = (f"{number:.4g}" for number in parameters)
        return self.template.format(**dict(zip(self.parameters, shown, strict=True))).replace("+ -", "− ")


def torch_function(map: Map, parameters: Sequence[Any]) -> Callable[[torch.Tensor], torch.Tensor]:
    """x (…, d) → (…, d), differentiable; any shape for a map that acts entry by entry."""

    def function(x: torch.Tensor) -> torch.Tensor:
        if not map.dimensions:
            return map.rule(TORCH, (x,), *parameters)[0]
        return torch.stack(map.rule(TORCH, x.unbind(-1), *parameters), dim=-1)

    return function


def flow_map(name: str, params: Mapping[str, Any]) -> Callable[[torch.Tensor], torch.Tensor]:
    """The map of the pool with these parameters, as a differentiable torch function on (…, d).

    name: a key of POOL; params: its parameters by name, numbers, lists or lists of lists.
    """
    if name not in POOL:
        raise CourseError(f"There is no map {name!r} in the pool. It holds {', '.join(POOL)}.")
    if params.keys() != set(POOL[name].parameters):
        raise CourseError(f"The map {name!r} has the parameters {', '.join(POOL[name].parameters)}.")
    return torch_function(POOL[name], [params[parameter] for parameter in POOL[name].parameters])


# --- rules -----------------------------------------------------------------------------------------------------


def _dot(a: Sequence, x: Sequence) -> Any:
    return sum((a[i] * x[i] for i in range(1, len(x))), start=a[0] * x[0])


def _linear(m: Any, x: tuple, A: Sequence, b: Sequence) -> tuple:
    return tuple(_dot(A[i], x) + b[i] for i in range(len(x)))


def _sigmoid(m: Any, x: tuple, A: Sequence) -> tuple:
    return tuple(m.sigmoid(_dot(A[i], x)) for i in range(len(x)))


def _rank_one(m: Any, x: tuple, a: Sequence) -> tuple:
    inner = _dot(a, x)
    return m.sigmoid(a[0] * inner), m.sigmoid(a[1] * inner)


def _swirl(m: Any, x: tuple, c: Any, k: Any) -> tuple:
    angle = c + k * (x[0] * x[0] + x[1] * x[1])
    cos, sin = m.cos(angle), m.sin(angle)
    return cos * x[0] - sin * x[1], sin * x[0] + cos * x[1]


def _planar(m: Any, x: tuple, u: Sequence, w: Sequence) -> tuple:
    step = m.tanh(_dot(w, x))
    return x[0] + u[0] * step, x[1] + u[1] * step


def _spiral(m: Any, x: tuple, k: Any) -> tuple:
    radius = m.exp(k * x[0])
    return radius * m.cos(x[1]), radius * m.sin(x[1])


def _exam(m: Any, x: tuple, n: int, k: Any) -> tuple:
    return (x[2] + x[1]) ** 3, x[0] ** n * x[1] + x[2], m.exp(k * x[2])


def _triangular(m: Any, x: tuple, k: Any) -> tuple:
    return x[1] + x[2], m.exp(k * x[1]) * x[0] + x[2], m.sinh(k * x[2])


def _leaky(m: Any, x: tuple, s: Any) -> tuple:
    return (m.where(x[0] >= 0, x[0], s * x[0]),)


def _log_normal(m: Any, x: tuple, mu: Any, sigma: Any) -> tuple:
    u = (x[0] - mu) / sigma
    return (-u * u / 2 - m.log(sigma) - math.log(2 * math.pi) / 2,)


def _log_logistic(m: Any, x: tuple, mu: Any, sigma: Any) -> tuple:
    u = (x[0] - mu) / sigma
    return (-u - 2 * m.softplus(-u) - m.log(sigma),)


# --- maps ------------------------------------------------------------------------------------------------------

# What the verdicts and witnesses of notebook 02 are about: z = g(x) on all of R^d.
POOL: dict[str, Map] = {
    "affine": Map("{a} x + {b}", ("a", "b"), (), lambda m, x, a, b: (a * x[0] + b,)),
    "power": Map("x^{n}", ("n",), (), lambda m, x, n: (x[0] ** n,)),
    "wave": Map("{a} x + {b} sin x", ("a", "b"), (), lambda m, x, a, b: (a * x[0] + b * m.sin(x[0]),)),
    "tanh": Map("{a} x + {b} tanh(x/2)", ("a", "b"), (), lambda m, x, a, b: (a * x[0] + b * m.tanh(x[0] / 2),)),
    "leaky": Map("x if x ≥ 0 else {s} x", ("s",), (), _leaky),
    "softplus": Map("{c} + log(1 + exp({a} x))", ("a", "c"), (), lambda m, x, a, c: (c + m.softplus(a * x[0]),)),
    "logistic": Map(
        "{low} + ({high} − {low}) σ({a} x)",
        ("low", "high", "a"),
        (),
        lambda m, x, low, high, a: (low + (high - low) * m.sigmoid(a * x[0]),),
    ),
    "linear": Map("A x + b", ("A", "b"), (2, 3), _linear),
    "rank_one": Map("σ(aᵀa x)", ("a",), (2,), _rank_one),
    "sigmoid": Map("σ(A x)", ("A",), (2,), _sigmoid),
    "shear": Map("(x1, x2 + {k} x1²)", ("k",), (2,), lambda m, x, k: (x[0], x[1] + k * x[0] * x[0])),
    "swirl": Map("x turned by the angle {c} + {k} ‖x‖²", ("c", "k"), (2,), _swirl),
    "planar": Map("x + u tanh(w·x)", ("u", "w"), (2,), _planar),
    "coupling": Map("(x1, (x1² + {c}) x2)", ("c",), (2,), lambda m, x, c: (x[0], (x[0] * x[0] + c) * x[1])),
    "spiral": Map("exp({k} x1) (cos x2, sin x2)", ("k",), (2,), _spiral),
    "exam": Map("((x3 + x2)³, x1^{n} x2 + x3, exp({k} x3))", ("n", "k"), (3,), _exam),
    "triangular": Map("(x2 + x3, exp({k} x2) x1 + x3, sinh({k} x3))", ("k",), (3,), _triangular),
}

MAPS: dict[str, Map] = POOL | {
    "bent": Map(
        "({a} x1 + {b}, {c} x2 + {k} ({a} x1 + {b})²)",
        ("a", "b", "c", "k"),
        (2,),
        lambda m, x, a, b, c, k: (a * x[0] + b, c * x[1] + k * (a * x[0] + b) * (a * x[0] + b)),
    ),
    "exp": Map("exp({a} x + {b})", ("a", "b"), (), lambda m, x, a, b: (m.exp(a * x[0] + b),)),
    "sinh": Map("{a} sinh({b} x)", ("a", "b"), (), lambda m, x, a, b: (a * m.sinh(b * x[0]),)),
    "log_normal": Map("log N(x; {mu}, {sigma}²)", ("mu", "sigma"), (), _log_normal),
    "log_logistic": Map("log logistic(x; {mu}, {sigma})", ("mu", "sigma"), (), _log_logistic),
}

ARCHITECTURES = {name: partial(torch_function, map) for name, map in MAPS.items()}
