"""A docstring and a declared domain, compared: what the one says, the other must say too.

The part of a docstring that speaks of arguments is read as segments between semicolons, each "names: claim, claim, …",
and a last one that begins with "returns". A claim is one of the forms below, or stands in `says`, word for word.

    (B, …) · any shape · same shape       axes                    float(s), number(s), int(s)   a Python number
    ≥ 1 · > 0 · ≠ 0 · in (0, 1] · 1 … T   range                   N ≥ 2 · D ≤ 6                 sizes
    float32 or float64 · on any device    every tensor            of the type of x0             returns=Like("x0")
                                                                  returns (…), int64            returns=Int64()
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

from autograder.judging.domain import Domain, Either, Int64, Like, Number, Reals, Tensor, Wholes

NUMBER = r"[−-]?(?:\d+(?:\.\d+)?(?:\^\d+)?|inf|∞)"
ENDS = {"(": "(", "[": "[", ")": ")", "]": "]"}


def faults(docstring: str, domain: Domain) -> list[str]:
    """What the docstring says and the domain does not, and the reverse; empty if they agree."""
    text = " ".join(docstring.split("\n", 1)[-1].split()) if "\n" in docstring else docstring
    text = re.sub(r"\(\d{3} [^)]*\)", "", text)  # the source of the formula
    unsaid = [f"the docstring does not say {phrase!r}" for phrase in domain.says if phrase not in text]
    for phrase in domain.says:
        text = text.replace(phrase, "")
    said, _, returned = text.partition("returns ")
    reading = _Reading(domain)
    for segment in filter(None, (part.strip(" .") for part in said.split(";"))):
        reading.segment(segment)
    return [*unsaid, *reading.unread, *_undeclared(reading, domain), *_types(returned, domain)]


class _Reading:
    """The claims of a docstring, ticked off one by one."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.unread: list[str] = []
        self.claimed: dict[str, set[str]] = {name: set() for name in domain.arguments}

    def segment(self, segment: str) -> None:
        """ "names: claim, claim"."""
        heads, colon, claims = segment.partition(":")
        names = [name for name in re.split(r"[,\s]+|all (?:two|three|four)", heads) if name]
        if heads.strip() in ("all four", "All four"):
            names = list(self.domain.arguments)
        unknown = [name for name in names if name not in self.domain.arguments]
        if not colon or unknown:
            self.unread.append(f"what does {segment!r} say of which argument?")
            return
        for name in names:
            self._argument(name, claims)

    def _argument(self, name: str, claims: str) -> None:
        argument = self.domain.arguments[name]
        for phrase in argument.says:
            if phrase not in claims:
                self.unread.append(f"{name}: the docstring does not say {phrase!r}")
            claims = claims.replace(phrase, "")
        for claim in (part.strip() for part in _outside_brackets(claims)):
            if claim and not self._read(name, claim):
                self.unread.append(f"{name}: {claim!r} is not declared")

    def _read(self, name: str, claim: str) -> bool:
        kinds = _kinds(self.domain.arguments[name])
        for form, meaning in FORMS:
            match = re.fullmatch(form, claim)
            if match and any(self._means(name, meaning, kind, match) for kind in kinds):
                return True
        words = claim.split(" ", 1)  # "int ≥ 1" is two claims in one
        return (
            len(words) == 2
            and words[0] in ("int", "ints", "float", "floats", "number", "numbers", "tensor", "values", "and")
            and all(self._read(name, word) for word in words if word not in ("values", "and"))
        )

    def _means(self, name: str, meaning: Callable, kind: object, match: re.Match) -> bool:
        what = meaning(kind, match, self.domain)
        if what:
            self.claimed[name].add(what)
        return bool(what)


def _kinds(argument: object) -> tuple:
    return argument.kinds if isinstance(argument, Either) else (argument,)


def _outside_brackets(text: str) -> Iterator[str]:
    """The parts between commas that stand in no bracket."""
    return iter(re.split(r",\s*(?![^(\[]*[)\]])", text))


# --- the forms that are understood -----------------------------------------------------------------------------


def _value(text: str) -> float:
    text = text.replace("−", "-").replace("∞", "inf")
    base, _, power = text.partition("^")
    return float(base) ** float(power) if power else float(text)


def _axes(kind: object, match: re.Match, domain: Domain) -> str:
    wanted = match[1].replace("…", "...").strip().rstrip(",")
    return "axes" if isinstance(kind, Tensor) and re.sub(r"\s", "", kind.axes) == re.sub(r"\s", "", wanted) else ""


def _any_axes(kind: object, match: re.Match, domain: Domain) -> str:
    return "axes" if isinstance(kind, Tensor) and (kind.axes == "..." or "same" in match[0]) else ""


def _float(kind: object, match: re.Match, domain: Domain) -> str:
    return "kind" if isinstance(kind, Number) and isinstance(kind.range, Reals) else ""


def _int(kind: object, match: re.Match, domain: Domain) -> str:
    whole = isinstance(getattr(kind, "range", None), Wholes)
    return "kind" if whole and (isinstance(kind, Tensor) == (match[0] == "int64")) else ""


def _tensor(kind: object, match: re.Match, domain: Domain) -> str:
    return "tensor" if isinstance(kind, Tensor) else ""


def _at_least(kind: object, match: re.Match, domain: Domain) -> str:
    range = getattr(kind, "range", None)
    strict = match[1] == ">"
    if isinstance(range, Wholes):
        return "range" if range.low == _value(match[2]) + strict and range.high is None else ""
    return (
        "range"
        if isinstance(range, Reals) and _ends(range) == (_value(match[2]), math.inf, "(" if strict else "[", ")")
        else ""
    )


def _positive(kind: object, match: re.Match, domain: Domain) -> str:
    range = getattr(kind, "range", None)
    return "range" if isinstance(range, Reals) and (range.low, range.ends[0], range.high) == (0, "(", math.inf) else ""


def _unequal(kind: object, match: re.Match, domain: Domain) -> str:
    range = getattr(kind, "range", None)
    return "but" if isinstance(range, Reals) and _value(match[1]) in range.but else ""


def _interval(kind: object, match: re.Match, domain: Domain) -> str:
    range = getattr(kind, "range", None)
    wanted = (_value(match[2]), _value(match[3]), match[1], match[4])
    return "range" if isinstance(range, Reals) and _ends(range) == wanted else ""


def _between(kind: object, match: re.Match, domain: Domain) -> str:
    range, low, high = getattr(kind, "range", None), match[1], match[2]
    if isinstance(range, Wholes):
        return "range" if (range.low, str(range.high)) == (_value(low), high) else ""
    named = re.fullmatch(NUMBER, high) is None
    wanted = () if named else (_value(low), _value(high), "[", "]")
    return "range" if isinstance(range, Reals) and _ends(range) == wanted else ""


def _ends(range: Reals) -> tuple[float, float, str, str]:
    return range.low, range.high, range.ends[0], range.ends[1]


def _least_size(kind: object, match: re.Match, domain: Domain) -> str:
    size, sign, bound = match[1], match[2], int(match[3])
    return "size" if size in domain.sizes and domain.sizes[size][0 if sign == "≥" else 1] == bound else ""


FORMS: tuple[tuple[str, Callable], ...] = (
    (r"\(([A-Z0-9d…., a-z]*)\)", _axes),
    (r"any shape|of any shape|same shape|(?:a )?tensor of any shape|(?:tensors )?that broadcast", _any_axes),
    (r"(?:a )?tensors?|float32 or float64|on any device|of the type of \w+", _tensor),
    (r"floats?|numbers?", _float),
    (r"ints?|int64", _int),
    (rf"(≥|>) ({NUMBER})", _at_least),
    (r"positive", _positive),
    (rf"(?:[a-z]+ )?≠ ({NUMBER})", _unequal),
    (rf"in ([(\[])({NUMBER}), ({NUMBER})([)\]])", _interval),
    (rf"({NUMBER}) … ({NUMBER}|[A-Z])", _between),
    (rf"between ({NUMBER}) and ({NUMBER})", _between),
    (r"([A-Z]) (≥|≤) (\d+)", _least_size),
)


# --- the reverse -----------------------------------------------------------------------------------------------


def _undeclared(reading: _Reading, domain: Domain) -> Iterator[str]:
    """What the domain restricts and the docstring keeps to itself."""
    for name, argument in domain.arguments.items():
        for kind in _kinds(argument):
            range, claimed = getattr(kind, "range", None), reading.claimed[name]
            if isinstance(kind, Tensor) and "axes" not in claimed and not argument.says:
                yield f"{name}: the docstring does not say of which shape it is"
            if isinstance(range, Reals) and range.but and "but" not in claimed:
                yield f"{name}: the docstring does not say which values it leaves out: {range.but}"
            narrow = isinstance(range, Wholes) or (isinstance(range, Reals) and not _whole_line(range))
            if narrow and "range" not in claimed and not argument.says:
                yield f"{name}: the docstring does not say that it lies in {range}"
    for size, values in domain.sizes.items():
        if values[0] > 1 and not any("size" in claimed for claimed in reading.claimed.values()):
            yield f"the docstring does not say {size} ≥ {values[0]}"


def _whole_line(range: Reals) -> bool:
    return math.isinf(range.low) and math.isinf(range.high)


def _types(returned: str, domain: Domain) -> Iterator[str]:
    """A promised type is declared, and a declared one promised."""
    says = re.search(r"\btypes?\b", returned) is not None
    if ("int64" in returned) != _promises(domain.returns, Int64):
        yield "let both promise that the result is int64, or neither: the docstring, and the domain (returns=Int64())"
    if says and not _promises(domain.returns, Like):
        yield "the docstring promises a type of the result: declare it (returns=Like(…))"
    if not says and _promises(domain.returns, Like):
        yield "the type of the result is declared: let the docstring promise it (“of the type of …”)"


def _promises(returns: object, what: type) -> bool:
    parts = returns.values() if isinstance(returns, dict) else returns if isinstance(returns, tuple) else (returns,)
    return any(isinstance(part, what) for part in parts)
