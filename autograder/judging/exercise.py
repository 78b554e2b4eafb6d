"""What an exercise is to the judge: questions to ask, laws that the answers must keep, mistakes known by name.

    probe(rng)            yields cases: one or more asks, and the facts that the judge needs to know about them
    judge(case, *answers) yields findings, each made by calling a law: `yield self.follows_mu(ok, expected, got)`

    case_of(name, given)  makes the case about one function and one set of arguments, drawn from its declared domain

A law is a sentence that can stand in a report. Gates (shape, type, positivity) are necessary and worth nothing;
laws that pay share the exercise's points by weight. A law holds if every finding about it is good and there is one.
Two small laws are the house's own, the same for every exercise that declares its domain: arguments stay as they were
given, results are of the type that was promised.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from importlib import resources
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

from pushforward.errors import CourseError

if TYPE_CHECKING:  # who only lists exercises or starts a grader should not wait for torch
    from importlib.resources.abc import Traversable

    import numpy as np

    from autograder.judging.domain import Domain

# --- asks and cases --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ask:
    """One question to the student's code, as plain data. See pushforward.answering.run for the verbs."""

    verb: str
    of: str
    args: tuple = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    method: str | None = None
    more: dict[str, Any] = field(default_factory=dict)  # name of a keep, wrt and cotangent of a grad, n of draws
    laws: tuple[Law, ...] = ()  # those that fall if this ask goes unanswered (default: all that its case is about)

    def about(self, *laws: Law) -> Ask:
        """The same ask, with laws of its own: a blank takes these along and no others of its case.

        The judge of the case then gets None in its place, and what it finds about these laws is not heard.
        """
        return replace(self, laws=laws)


def call(of: str, /, *args: Any, method: str | None = None, **kwargs: Any) -> Ask:
    """of(*args, **kwargs), or of.method(…) for a kept object."""
    return Ask("call", of, args, kwargs, method)


def keep(name: str, of: str, /, *args: Any, **kwargs: Any) -> Ask:
    """The same, but the object stays with the student's code; later asks may call its methods by `name`."""
    return Ask("keep", of, args, kwargs, more={"name": name})


def grad(of: str, /, wrt: tuple[str | int, ...], cotangent: Any, *args: Any, **kwargs: Any) -> Ask:
    """{"value": v, "gradients": {name: ∂ sum(cotangent · v) / ∂ name}}, None where no gradient arrives.

    wrt: names of keyword arguments, or places of the others, whose name is then "0", "1", …; of a `Net`, the gradient
    is a list, one for each of its weights. cotangent: a tensor; where v is a list or tuple, a list of as many; where v
    is a dictionary, one with a tensor for each entry that counts.
    """
    return Ask("grad", of, args, kwargs, more={"wrt": list(wrt), "cotangent": cotangent})


def jacobian(of: str, /, *args: Any, method: str | None = None, **kwargs: Any) -> Ask:
    """The Jacobian of `of` with respect to its first argument."""
    return Ask("jacobian", of, args, kwargs, method)


def draws(of: str, n: int, /, *args: Any, method: str | None = None, **kwargs: Any) -> Ask:
    """n calls, stacked along a new first axis."""
    return Ask("draws", of, args, kwargs, method, more={"n": n})


@dataclass(frozen=True)
class Case:
    """Asks that are judged together. `about`: the laws that fail if one of them goes unanswered (default: all)."""

    asks: tuple[Ask, ...]
    facts: SimpleNamespace
    about: tuple[Law, ...]

    @property
    def on_gpu(self) -> bool:
        """Some argument of an ask lives on another device than the CPU."""
        import torch

        arguments = (a for ask in self.asks for a in (*ask.args, *ask.kwargs.values()))
        return any(isinstance(a, torch.Tensor) and a.device.type != "cpu" for a in arguments)

    def __getattr__(self, name: str) -> Any:
        if name == "facts" or name.startswith("__"):  # copy and pickle look these up before anything is there
            raise AttributeError(name)
        return getattr(self.facts, name)


def case(*asks: Ask, about: tuple[Law, ...] = (), **facts: Any) -> Case:
    """A case with whatever the judge will want to remember of it: `case(call("f", x=x), x=exact(x))`."""
    return Case(asks, SimpleNamespace(**facts), about)


# --- laws and findings -----------------------------------------------------------------------------------------


@dataclass(eq=False)
class Law:
    """A sentence that the answers keep or break. weight 0 makes it a gate; house: the protocol finds, not the judge."""

    sentence: str
    weight: float
    name: str = ""
    house: bool = False

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @property
    def is_gate(self) -> bool:
        return self.weight == 0

    def __call__(
        self, ok: Any, expected: str = "", got: str = "", *, why: str = "", mistake: str | None = None
    ) -> Finding:
        return Finding(self, bool(ok), str(expected), str(got), why, mistake)


def gate(sentence: str) -> Law:
    """A law that must hold before any other pays."""
    return Law(sentence, 0.0)


def pays(sentence: str, weight: float = 1.0) -> Law:
    """A law that earns its share of the points."""
    return Law(sentence, weight)


HOUSE_SHARE = 0.05  # of an exercise's points for each law of the house
UNTOUCHED = "the arguments come back as they were given"
TYPED = "the result is of the type that the docstring promises"


def _house_laws(own: Sequence[Law], domain: dict[str, Domain]) -> Iterator[Law]:
    """What is asked of every exercise that declares what its functions may be given."""
    sentences = []
    if any(d.holds_something for d in domain.values()):
        sentences.append(("untouched", UNTOUCHED))
    if any(d.returns is not None for d in domain.values()):
        sentences.append(("typed", TYPED))
    worth = sum(law.weight for law in own) * HOUSE_SHARE / (1 - len(sentences) * HOUSE_SHARE)
    yield from (Law(sentence, worth, name, house=True) for name, sentence in sentences)


@dataclass(frozen=True)
class Finding:
    """What one case says about one law; `mistake` names a catalogued misconception where the judge recognised it.

    A mistake of "" says that the judge looked for one and saw none of those that it knows.
    """

    law: Law
    ok: bool
    expected: str = ""
    got: str = ""
    why: str = ""
    mistake: str | None = None


@dataclass(frozen=True)
class Mistake:
    """A mistake that students really make, and the sentence that explains it.

    variants: its implementations as {declared name: function}; one mistake can be written with N or N − 1, say.
    """

    name: str
    sentence: str
    variants: tuple[dict[str, Callable], ...]


Implementation = Callable | dict[str, Callable]


def wrong(name: str, implementation: Implementation, sentence: str, also: tuple[Implementation, ...] = ()) -> Mistake:
    """A catalogued misconception. A single function stands for the exercise's only (or first) declared name.

    also: further implementations that deserve the same sentence but give other numbers.
    """
    written = (implementation, *also)
    return Mistake(name, sentence, tuple(i if isinstance(i, dict) else {"": i} for i in written))


# --- exercises -------------------------------------------------------------------------------------------------

_REGISTRY: dict[str, Exercise] = {}
_collecting: ContextVar[dict[str, Exercise] | None] = ContextVar("collecting", default=None)
_added: ContextVar[dict[str, Exercise] | None] = ContextVar("added", default=None)


class Exercise:
    """Base of all autograded exercises; subclasses are registered with `@exercise`."""

    id: ClassVar[str]
    notebook: ClassVar[str]
    kind: ClassVar[str]
    names: ClassVar[tuple[str, ...]]
    laws: ClassVar[tuple[Law, ...]]
    hints: ClassVar[tuple[str, str, str]]
    mistakes: ClassVar[tuple[Mistake, ...]] = ()
    domain: ClassVar[dict[str, Domain]] = {}  # of each declared function, what it may be given
    again: ClassVar[bool] = True  # some questions are put a second time, in another order
    long: ClassVar[bool] = False  # what is judged trains for a minute: who tries many answers chooses the budget
    apart: ClassVar[bool] = False  # each law is about a family of questions of its own: a mistake may break just one

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        """What to ask, on fresh random inputs."""
        raise NotImplementedError

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        """What the answers of one case say about the laws."""
        raise NotImplementedError

    def case_of(self, name: str, given: dict[str, Any]) -> Case | Iterable[Case]:
        """The case (or cases) about the function `name` with these arguments, which its domain allows."""
        raise NotImplementedError(f"{self.id} declares a domain of {name}: say in case_of what is asked about it.")

    def reply(self, case: Case, name: str, args: list, kwargs: dict) -> Any:
        """The value of a callback that the student's code called."""
        raise CourseError(f"{self.id} hands out no callback {name!r}.")


def own_laws(exercise: Exercise) -> tuple[Law, ...]:
    """The laws that the exercise's own judge finds about."""
    return tuple(law for law in exercise.laws if not law.house)


def exercise(id: str, names: tuple[str, ...], *, kind: str = "code") -> Callable[[type[Exercise]], type[Exercise]]:
    """Register a class as the judge of exercise `id`.

    names: what the student defines; kind: "code", "witness", "derivation" or "detective". The notebook is that of the
    folder in autograder/checks.
    """

    def register(cls: type[Exercise]) -> type[Exercise]:
        if not issubclass(cls, Exercise):
            raise CourseError(f"{cls.__name__}, the judge of {id}, must derive from Exercise.")
        cls.id, cls.names, cls.kind = id, names, kind
        cls.notebook = _notebook(cls.__module__)
        found = [law for base in reversed(cls.__mro__) for law in vars(base).values() if isinstance(law, Law)]
        cls.laws = (*found, *_house_laws(found, cls.domain))
        cls.mistakes = tuple(
            Mistake(m.name, m.sentence, tuple({k or names[0]: f for k, f in v.items()} for v in m.variants))
            for m in cls.mistakes
        )
        collecting = _collecting.get()
        judges = _REGISTRY if collecting is None else collecting
        if id in judges:
            raise CourseError(f"Two classes call themselves the judge of {id}.")
        judges[id] = cls()
        return cls

    return register


def _notebook(module: str) -> str:
    """That of autograder.checks.c15_diffusion_forward.alpha_bar is 15_diffusion_forward."""
    parts = module.split(".")
    return next((part[1:] for part in parts if re.match(r"c\d\d_", part)), parts[-1])


@contextmanager
def collected() -> Iterator[dict[str, Exercise]]:
    """Judges that are defined inside gather in the dict, and the course's own stay as they are."""
    _load_all()
    judges: dict[str, Exercise] = {}
    token = _collecting.set(judges)
    try:
        yield judges
    finally:
        _collecting.reset(token)


@contextmanager
def added(judges: dict[str, Exercise]) -> Iterator[None]:
    """Inside, these judges belong to the course; one with an id that the course knows stands in for its own."""
    token = _added.set({**(_added.get() or {}), **judges})
    try:
        yield
    finally:
        _added.reset(token)


# One exercise is one file, autograder/checks/cNN_notebook/SECOND_WORD.py, or FIRST_SECOND.py where two exercises of a
# notebook share their second word. So one is found by its name, and the others stay unread.


@functools.cache
def _load_all() -> None:
    for folder in _folders():
        for file in sorted(folder.iterdir(), key=lambda f: f.name):
            if file.name.endswith(".py") and file.name != "__init__.py":
                importlib.import_module(f"autograder.checks.{folder.name}.{file.name.removesuffix('.py')}")


def _load(id: str) -> None:
    """Import the file of this exercise, if there is one."""
    for module in modules_of(id):
        importlib.import_module(module)
        if id in _REGISTRY:  # one that is not built yet may share its second word with another notebook's
            return


def modules_of(id: str) -> Iterator[str]:
    """Where the course may define the exercise, the likeliest first."""
    notebook = _generated().get(id, {}).get("notebook")
    folders = [f for f in _folders() if notebook is None or f.name == f"c{notebook}"]
    for folder, file in itertools.product(folders, (id.replace(".", "_"), id.partition(".")[2])):
        if folder.joinpath(f"{file}.py").is_file():
            yield f"autograder.checks.{folder.name}.{file}"


def _folders() -> list[Traversable]:
    here = resources.files("autograder") / "checks"
    return sorted((f for f in here.iterdir() if re.match(r"c\d\d_", f.name)), key=lambda f: f.name)


def all_exercises() -> dict[str, Exercise]:
    """Every autograded exercise by its id, in the order of the course (one that is not built yet: last)."""
    _load_all()
    place = {id: n for n, id in enumerate(_generated())}
    ordered = sorted(_REGISTRY, key=lambda id: (_REGISTRY[id].notebook, place.get(id, len(place))))
    return {**{id: _REGISTRY[id] for id in ordered}, **(_added.get() or {})}


def get(id: str) -> Exercise:
    """The exercise of that id. Raises CourseError, with the nearest ids, if there is none."""
    if isinstance(id, str):
        if id in (more := _added.get() or {}):
            return more[id]
        if id not in _REGISTRY:
            _load(id)
        if id in _REGISTRY:
            return _REGISTRY[id]
    known = all_exercises()
    near = difflib.get_close_matches(str(id), known, n=3, cutoff=0.5)
    mend = f"Did you mean {' or '.join(near)}?" if near else "`python -m autograder exercises` lists them all."
    raise CourseError(f"There is no exercise called {id!r}. {mend}")


def table() -> dict[str, dict[str, Any]]:
    """The generated table of all exercises, written ones included: notebook, points, kind, names, blank."""
    return {**{id: _row(judge) for id, judge in (_added.get() or {}).items()}, **_generated()}


def _row(judge: Exercise) -> dict[str, Any]:
    """What is known of a judge that has come on top of the course: its cell says the points."""
    return {"notebook": judge.notebook, "points": 1.0, "kind": judge.kind, "names": list(judge.names), "blank": ""}


@functools.cache
def _generated() -> dict[str, dict[str, Any]]:
    file = resources.files("autograder") / "exercises.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def points(id: str) -> float:
    """What the exercise is worth, as its check's tag says (1 before the first `make course`)."""
    return float(table().get(id, {}).get("points", 1.0))
