"""No attack earns a mark, reads, writes, calls or leaves anything, and whoever is graded next notices nothing."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

import psutil
import pytest

from autograder.grading.model import Result
from autograder.grading.sandbox.sandbox import kept
from tests.attacks.conftest import CLASS, honest
from tests.attacks.corpus import ATTACKS, FAMILIES, Attack, attacked, rotated
from tests.attacks.graders import graded, seen
from tests.attacks.world import World

pytestmark = pytest.mark.xdist_group("attacks")
TRIED = rotated(0.25)
Tried = tuple[Result, Result]  # of the attacker, and of the honest student who came next


@pytest.fixture(scope="module")
def attempt(world: World, grader: None) -> Callable[[str], Tried]:
    """Grade an attacker, then an honest student. Each pair once: the whole class is made of them."""

    @functools.cache
    def once(name: str) -> Tried:
        attack = ATTACKS[name]
        for _ in range(2 if "twice" in attack.head else 1):
            result = graded("mallory", attacked(attack, world.knows), attack.assignment, attack.limits)
        return result, honest(_next(name))

    return once


def _next(name: str) -> str:
    return [*CLASS][[*TRIED].index(name) % len(CLASS)]


def _same(a: Result, b: Result) -> bool:
    kept = [[dataclasses.replace(m, seconds_judge=0.0, seconds_student=0.0) for m in r.marks] for r in (a, b)]
    return kept[0] == kept[1] and a.incidents == b.incidents and a.reason == b.reason


def test_every_family_is_there_and_every_file_is_one_of_a_kind() -> None:
    assert {attack.name.split("/")[0] for attack in ATTACKS.values()} == set(FAMILIES)
    assert all(attack.head["family"] == attack.name.split("/")[0] for attack in ATTACKS.values())
    assert len({attack.tries for attack in ATTACKS.values()}) == len(ATTACKS) >= 40


@pytest.mark.parametrize("attack", TRIED.values(), ids=TRIED)
def test_the_attack_gains_nothing(attack: Attack, world: World, attempt: Callable[[str], Tried]) -> None:
    result, _ = attempt(attack.name)
    found = seen(result, attack)
    assert found.points == 0
    for success in ("mark", "secret", "wrote", "connected", "done", "outlives"):
        assert not world.reached(success, found.points, found.shown), (success, found.shown)


@pytest.mark.parametrize("attack", TRIED.values(), ids=TRIED)
def test_the_report_says_what_happened(attack: Attack, attempt: Callable[[str], Tried]) -> None:
    result, _ = attempt(attack.name)
    (mark,) = (mark for mark in result.marks if mark.exercise == attack.exercise)
    assert mark.laws_failed or mark.why
    assert attack.head.get("says", "") in seen(result, attack).shown


@pytest.mark.parametrize("attack", [a for a in TRIED.values() if a.head.get("keeps")], ids=str)
def test_other_exercises_keep_their_marks(attack: Attack, attempt: Callable[[str], Tried]) -> None:
    result, _ = attempt(attack.name)
    others = [mark for mark in result.marks if mark.kind == "code" and mark.exercise != attack.exercise]
    assert others
    assert {mark.status for mark in others} == {"full"}


@pytest.mark.parametrize("name", TRIED)
def test_the_next_student_notices_nothing(
    name: str, attempt: Callable[[str], Tried], undisturbed: dict[str, Result]
) -> None:
    _, next_one = attempt(name)
    assert _same(next_one, undisturbed[next_one.student])


@pytest.mark.parametrize("name", TRIED)
def test_no_process_is_left(name: str, attempt: Callable[[str], Tried]) -> None:
    attempt(name)
    warm = psutil.Process(kept("bubblewrap").process.pid)
    assert len(warm.children(recursive=True)) == 2, "bubblewrap's own and the warm one"


def test_a_class_with_all_attackers_in_it_gets_the_marks_of_one_without(
    attempt: Callable[[str], Tried], undisturbed: dict[str, Result]
) -> None:
    graded = [attempt(name) for name in TRIED]
    for student, alone in undisturbed.items():
        among = [honest for _, honest in graded if honest.student == student]
        assert among
        assert all(_same(result, alone) for result in among)
    assert sum(mark.points for attacker, _ in graded for mark in attacker.marks if mark.exercise in CODE) == 0


CODE = {attack.exercise for attack in ATTACKS.values()}
