"""density.axioms: which of Kolmogorov's axioms numbers break, with the events that show it; functions without a finite Z."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import numpy as np
import torch

from autograder.judging.compare import arithmetic, exact, kind_of, number, show, values
from autograder.judging.domain import Domain, Made, Number, Place, Reals
from autograder.judging.exercise import Case, Exercise, Finding, Law, call, case, exercise, gate, pays, wrong
from autograder.oracles import events

PRIMITIVES: dict[str, Callable[[Any], Any]] = {
    "x^2": lambda x: x**3 / 3,
    "exp(x)": mpmath.exp,
    "1/(1+|x|)": lambda x: mpmath.sign(x) * mpmath.log1p(abs(x)),
    "1": lambda x: x,
    "exp(-x^2)": lambda x: mpmath.sqrt(mpmath.pi) / 2 * mpmath.erf(x),
    "exp(-|x|)": lambda x: -mpmath.sign(x) * mpmath.expm1(-abs(x)),
    "1/(1+x^2)": mpmath.atan,
}
ENDLESS, FINITE = ("x^2", "exp(x)", "1/(1+|x|)", "1"), ("exp(-x^2)", "exp(-|x|)", "1/(1+x^2)")


def _word(f: str) -> Callable[[Place], str]:
    return lambda place: f


def _made(kind: str) -> Callable[[Place], torch.Tensor]:
    return lambda place: torch.tensor(
        events.MAKERS[kind](place.rng, int(place.rng.integers(2, 5))), device=place.device
    )


_P = Made(
    lambda place: _made(str(place.rng.choice(list(events.MAKERS))))(place),
    tuple(map(_made, events.MAKERS)),
    ("(M,)", "float64", "one number for each event", "M = 4, 8 or 16"),
)
_WORDS = ("x^2", "exp(x)", "1", "exp(-x^2)", "exp(-|x|)", "1/(1+x^2)", "1/(1+|x|)")
_F = Made(
    lambda place: str(place.rng.choice(_WORDS)),
    tuple(map(_word, _WORDS)),
    ("one of the seven words " + ", ".join(f'"{f}"' for f in _WORDS),),
)


@exercise("density.axioms", ("broken_axiom", "too_much"), kind="witness")
class Axioms(Exercise):
    """P(A) ≥ 0; P(Ω) = 1; P(A ∪ B) = P(A) + P(B) for disjoint A and B. And p = f/Z wants a finite Z."""

    form = gate("the verdict is [], [1, A], [2] or [3, A, B], with events as whole numbers")
    spared = gate("numbers that are a probability are accused of nothing")
    negative = pays("where only the first axiom is broken, an event of negative probability is named")
    whole = pays("where only the second axiom is broken, that is found", 0.7)
    additive = pays("where only the third axiom is broken, two disjoint events show it, be one of them empty", 1.3)
    several = pays("where several axioms are broken, one is named, and its events do break it", 0.5)
    interval = gate("too_much returns [] or [a, b], two finite numbers with a < b")
    finite = gate("a function with a finite Z is not accused")
    endless = pays("the interval holds more than the mass, so that Z has no bound", 1.5)

    apart = True
    domain = {
        "broken_axiom": Domain({"P": _P}, draws=8),
        "too_much": Domain({"f": _F, "mass": Number(Reals(10, 100, "[]"))}),
    }

    hints = (
        "Two events are disjoint if no binary digit is 1 in both: A & B == 0. Their union is A | B.",
        "The empty set is disjoint from everything, itself included. What does the third axiom say of P(∅)?",
        "Which of the seven functions stay above a fixed number for ever, or fall no faster than 1/x?",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for P in ([0, 0.5, 0.6, 1.0], [0, 0.4, 0.6, 1.0], [0, -0.1, 1.1, 1.0], [0, 0.3, 0.3, 0.6]):
            yield self.case_of("broken_axiom", {"P": torch.tensor(P, dtype=torch.float64)})
        for device in dict.fromkeys(device for _, device in arithmetic()):
            for n in (2, 3, 4, 4):
                for make in reversed(events.MAKERS.values()):  # what breaks an axiom first
                    yield self.case_of("broken_axiom", {"P": torch.tensor(make(rng, n), device=device)})
        for f in PRIMITIVES:
            for mass in (10.0, 100.0, float(rng.uniform(20, 90))):
                yield self.case_of("too_much", {"f": f, "mass": mass})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        """What should be accused, and beside it what should not: who accuses all, or nothing, earns nothing."""
        asks, about = [call(name, *given.values())], [self.finite if name == "too_much" else self.spared]
        law = self._law(name, given)
        if law is not about[0]:
            asks.append(call(name, *_innocent(name, given)))
            about.append(law)
        gate = self.interval if name == "too_much" else self.form
        return case(*asks, about=(gate, *about), law=law, fair=_innocent(name, given), **given)

    def _law(self, name: str, given: dict[str, Any]) -> Law:
        if name == "too_much":
            return self.endless if given["f"] in ENDLESS else self.finite
        broken = tuple(events.broken(exact(given["P"])))
        only = {(): self.spared, (1,): self.negative, (2,): self.whole, (3,): self.additive}
        return only.get(broken, self.several)

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        look, gate = (self._interval, self.finite) if case.asks[0].of == "too_much" else (self._verdict, self.spared)
        pairs = [(case.law, answers[0], case.asks[0].args)]
        pairs += [(gate, answer, case.fair) for answer in answers[1:]]
        for law, answer, given in reversed(pairs):  # the gates first
            yield from look(law, answer, *given)

    def _verdict(self, law: Law, answer: Any, P: torch.Tensor) -> Iterator[Finding]:
        said, numbers = _whole_numbers(answer), exact(P)
        good = said is not None and events.well_formed(said, len(numbers))
        yield self.form(good, "[], [1, A], [2] or [3, A, B]", show(answer) if said is not None else kind_of(answer))
        if not good:
            return
        broken = events.broken(numbers)
        if not said:
            yield law(not broken, f"axiom {broken[0]}" if broken else "[]", "[]")
            return
        holds, got = events.shown(numbers, said)
        overlap = said[0] == 3 and said[1] & said[2] != 0
        wanted = "events that break the axiom named" if broken else "[]"
        yield law(holds, wanted, got, mistake="events that overlap" if overlap else None)

    def _interval(self, law: Law, answer: Any, f: str, mass: float) -> Iterator[Finding]:
        ends = [] if isinstance(answer, (list, tuple)) and not answer else values(answer)
        good = ends is not None and np.ndim(ends) == 1 and len(ends) in (0, 2)
        good = good and (len(ends) == 0 or bool(np.isfinite(ends).all() and ends[0] < ends[1]))
        yield self.interval(good, "[] or [a, b] with a < b", show(answer))
        if not good:
            return
        if len(ends) and f in FINITE:
            got = f"{show(ends)}, though Z is finite"
            yield law(False, "[]", got, mistake="what can be normalised is accused")
            return
        slow = f == "1/(1+|x|)"
        if len(ends) == 0:
            slip = "whatever falls has a finite Z" if slow else "what does not fall is all right"
            yield law(f not in ENDLESS, f"an interval with more than {show(mass)}", "[]", mistake=slip)
            return
        with mpmath.workdps(60):
            held = PRIMITIVES[f](mpmath.mpf(float(ends[1]))) - PRIMITIVES[f](mpmath.mpf(float(ends[0])))
        got = f"{mpmath.nstr(held, 5)} on {show(ends)}"
        slip = "exactly the mass" if abs(held - mass) < 1e-6 * mass else "one interval for all" if slow else None
        yield law(held > mass, f"more than {show(mass)}", got, mistake=slip)

    mistakes = (
        wrong(
            "events that overlap",
            {"broken_axiom": lambda P: events.search(P, pairs=lambda A, B: True)},
            "The third axiom speaks of disjoint events only: those that share an outcome would count it twice.",
        ),
        wrong(
            "the empty set is forgotten",
            {"broken_axiom": lambda P: events.search(P, pairs=lambda A, B: A & B == 0 and A > 0 and B > 0)},
            "The empty set is an event too, and disjoint from every other: P(A) = P(A) + P(∅) says that P(∅) = 0.",
        ),
        wrong(
            "single outcomes only",
            {"broken_axiom": lambda P: events.search(P, pairs=lambda A, B: A & B == 0 and A.bit_count() == B.bit_count() == 1)},
            "Pairs of single outcomes are not all pairs: larger disjoint events may fail where these do not.",
        ),
        wrong(
            "an event and its complement",
            {"broken_axiom": lambda P: events.search(P, pairs=lambda A, B: A & B == 0 and len(P) - 1 == A | B)},
            "The third axiom holds for any two disjoint events, whether or not they make up the whole.",
        ),
        wrong(
            "a number above 1 is taken for the second axiom",
            {"broken_axiom": lambda P: [2] if float(P.max()) > 1 + 1e-6 else events.search(P)},
            "The second axiom is about the whole space only. A probability above 1 elsewhere breaks another axiom.",
            also=({"broken_axiom": lambda P: [2] if float(P.max()) > 1 + 1e-6 and float(P.min()) > -1e-6 else events.search(P)},),
        ),
        wrong(
            "whatever falls has a finite Z",
            {"too_much": lambda f, mass: [] if "/" in f or "-" in f else [-400.0, 400.0]},
            "1/(1 + |x|) falls, but too slowly: its integral grows like a logarithm, without end.",
        ),
        wrong(
            "one interval for all",
            {"too_much": lambda f, mass: [-40.0, 40.0] if f in ENDLESS else []},
            "Where f falls like 1/x the mass grows like log b: it takes b = e^50 to reach 100.",
            also=({"too_much": lambda f, mass: [-mass, mass] if f in ENDLESS else []},),
        ),
        wrong(
            "what does not fall is all right",
            {"too_much": lambda f, mass: [] if f in ("1", "exp(x)") else events.far(f, mass)},
            "A function that does not fall on one side holds more mass the farther one goes.",
        ),
        wrong(
            "equal to the last bit",
            {"broken_axiom": lambda P: events.search(P, enough=0.0)},
            "0.1 + 0.2 is not 0.3 in floats: ask whether two numbers differ by more than 1e-6, not whether they are unequal.",
        ),
        wrong(
            "too lenient",
            {"broken_axiom": lambda P: events.search(P, enough=1e-2)},
            "Rounding is far smaller than that. Numbers that differ by more than 1e-6 are different.",
            also=({"broken_axiom": lambda P: events.search(P, enough=1e-3)},),
        ),
        wrong(
            "the whole is event 3",
            {"broken_axiom": lambda P: [2] if abs(float(P[3]) - 1) > 1e-6 else events.search(P)},
            "The whole is the last event, number M − 1: 3 for two outcomes, 7 for three.",
        ),
        wrong(
            "exactly the mass",
            {"too_much": lambda f, mass: {"x^2": [0.0, (3 * mass) ** (1 / 3)], "1": [0.0, mass], "exp(x)": [0.0, math.log(mass + 1)]}.get(f, events.far(f, mass))},
            "That interval holds just the mass. More than it was asked for: go a little farther.",
        ),
        wrong(
            "what can be normalised is accused",
            {"too_much": lambda f, mass: [-1e3, 500.0] if f in ("1/(1+x^2)", "1", "exp(x)") else events.far(f, mass)},
            "This one has a finite Z: it falls fast enough, 1/(1 + x²) with an integral of π.",
        ),
    )  # fmt: skip


def _innocent(name: str, given: dict[str, Any]) -> tuple:
    """Arguments of the same kind about which there is nothing to find."""
    if name == "too_much":
        return FINITE[int(given["mass"]) % len(FINITE)], given["mass"]
    P = exact(given["P"])
    rng = np.random.default_rng(int(1e6 * abs(P).sum()))
    # noughts beside negative numbers: who takes the one for the other has not found the negative ones
    make = events.certain if events.broken(P) == [1] else events.probability
    return (torch.tensor(make(rng, len(P).bit_length() - 1), device=given["P"].device),)


def _whole_numbers(answer: Any) -> list[int] | None:
    """The answer as a list of whole numbers, if it is one."""
    if isinstance(answer, (list, tuple)):
        found = [number(part) for part in answer]
    else:
        array = values(answer)
        found = array.tolist() if isinstance(array, np.ndarray) and array.ndim == 1 else [None]
    good = all(n is not None and abs(n) < 100 and n == int(n) for n in found)  # NaN is not below 100
    return [int(n) for n in found] if good else None
