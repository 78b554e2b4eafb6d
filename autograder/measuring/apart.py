"""Where two implementations part: both are asked the same questions, and the first unlike answers are told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from autograder.judging.asking import LocalLink, Respond
from autograder.judging.compare import show
from autograder.judging.exercise import Exercise, Mistake
from autograder.judging.judge import examine
from autograder.judging.naming import same
from pushforward.answering import wire
from pushforward.answering.capture import captured


@dataclass(frozen=True)
class _Nothing:
    """An error in the place of a value; it equals another of its kind and type."""

    kind: str
    type: str


class _Both:
    """A link that puts every question to an answer and to another one, and keeps the first difference."""

    def __init__(self, mine: dict[str, Any], other: dict[str, Any], names: Iterable[str]) -> None:
        self.mine, self.other, self.names = LocalLink(mine), LocalLink(other), set(names)
        self.asked, self.difference = 0, None

    def ask(self, head: dict, arrays: list, respond: Respond) -> tuple[dict, list]:
        """The answer's own reply, once both have been compared."""
        question = _question(head, arrays)  # before anybody can write into its arguments
        reply, theirs = (link.ask(head, arrays, respond) for link in (self.mine, self.other))
        if self.difference is None and head["of"] in self.names:
            self.asked += 1
            mine, other = (_value(*came) for came in (reply, theirs))
            if not same(mine, other):
                self.difference = f"for {question} it gives {_short(other)}, this answer {_short(mine)}"
        return reply


def parting(exercise: Exercise, mistake: Mistake, names: dict[str, Any], seed: int) -> str:
    """The first question of this seed at which the catalogue's implementation and the answer differ, with both values.

    Of a mistake's implementations, the one that goes along with the answer for longest. names: the answer's.
    """
    links = [_Both(names, {**names, **variant}, variant) for variant in mistake.variants]
    for link in links:
        with captured():
            examine(exercise, link, seed)
    best = max(links, key=lambda link: (link.difference is None, link.asked))
    return best.difference or "both answer every question alike"


def _value(reply: dict, arrays: list) -> Any:
    """What came, or in what way nothing did: an error equals one of its own kind."""
    if "error" in reply:
        return _Nothing(*(str(reply["error"].get(key, "")) for key in ("kind", "type")))
    return wire.decode_plain(reply.get("value"), arrays)


def _question(head: dict, arrays: list) -> str:
    """The call as the student would type it."""
    parts = [_argument(node, arrays) for node in head["args"]]
    parts += [f"{name}={_argument(node, arrays)}" for name, node in head["kwargs"].items()]
    return f"{head['of']}{'.' + head['method'] if head['method'] else ''}({', '.join(parts)})"


def _argument(node: list, arrays: list) -> str:
    """What the judge alone can make, a callback, a kept object or a network, goes by its name."""
    return show(wire.decode(node, arrays, lambda special: wire.Callback(str(special[1]))))


def _short(value: Any) -> str:
    """A value, or the kind and type of the error in its place."""
    if isinstance(value, _Nothing):
        return " ".join(filter(None, (value.kind, value.type)))
    return show(value)
