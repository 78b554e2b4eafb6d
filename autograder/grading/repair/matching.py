"""Which cell of what was handed in is which cell of the assignment.

By nbgrader's grade id, else by the cell's id, else by its marker (an answer defines the names that are asked for, a
check calls `check`), else by its text, else, for a written answer, by its place after the question. Each step looks
at what the steps before it have left over.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from autograder.grading.reading.handed import Cell
from autograder.grading.repair.outline import Outline, assigned, called, defined, normal, words

ALIKE = 0.5  # the share of a slot's lines that must be found again
ADDED = 2.0  # a text with so many times the slot's lines is something else that quotes it


@dataclass
class Matching:
    """cells, as handed in; slot: for each the number of its slot, None for the student's own; how: what told it.

    changed: locked slots whose cell said something else; elsewhere: solve slot → number of the cell that answers it
    besides another one; pulled: cells that stood behind the check that needs them, or among those of another slot.
    """

    outline: Outline
    cells: list[Cell]
    slot: list[int | None] = field(init=False)
    how: list[str] = field(init=False)
    changed: set[int] = field(default_factory=set)
    elsewhere: dict[int, int] = field(default_factory=dict)
    pulled: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.slot = [None] * len(self.cells)
        self.how = [""] * len(self.cells)
        self._by_marks()
        self._unlock()
        self._by_checks()
        self._names = [defined(cell.source) for cell in self.cells]
        self._bound = [n | assigned(cell.source) for n, cell in zip(self._names, self.cells, strict=True)]
        self._by_text()
        for i in self.outline.of_kind("solve"):
            self._by_names(i)
        self._by_likeness()
        for i in self.outline.of_kind("written"):
            self._by_place(i)

    def of(self, i: int) -> list[int]:
        """The numbers of the cells that belong to slot i."""
        return [k for k, slot in enumerate(self.slot) if slot == i]

    def is_blank(self, k: int) -> bool:
        """Whether the cell still is what was given out in its slot, or nothing at all."""
        text, slot = normal(self.cells[k].source), self.outline.slots[self.slot[k]]
        return not text or text in (normal(slot.source), self.outline.blanks.get(slot.exercise))

    def defines(self, k: int, i: int) -> bool:
        """Whether cell k binds a name that slot i asks for; any cell does where it asks for none."""
        asked = self.outline.names[i]
        return not asked or bool(self._bound[k] & asked)

    def _set(self, k: int, i: int, how: str) -> None:
        self.slot[k], self.how[k] = i, how

    def _free(self) -> list[int]:
        return [k for k, slot in enumerate(self.slot) if slot is None]

    # --- by what a program wrote ---------------------------------------------------------------------------------

    def _by_marks(self) -> None:
        taken = set()
        for how in ("grade_id", "id"):
            known = self.outline.by_grade if how == "grade_id" else self.outline.by_id
            for k in self._free():
                i = known.get(getattr(self.cells[k], how))
                if i is not None and self._may_be(k, i) and (i not in taken or self._may_come_twice(i)):
                    self._set(k, i, how)
            taken.update(i for i in self.slot if i is not None)

    def _may_be(self, k: int, i: int) -> bool:
        """Text does not become code and code does not become text, except where the place says that it must."""
        kind, is_code = self.outline.slots[i].kind, self.cells[k].kind == "code"
        return not is_code if kind == "prose" else is_code if kind == "demo" else True

    def _may_come_twice(self, i: int) -> bool:
        return self.outline.slots[i].kind in ("solve", "written", "check", "given")

    # --- locked cells --------------------------------------------------------------------------------------------

    def _unlock(self) -> None:
        """What was written into a locked cell is the student's own, and may be an answer."""
        asked = set().union(*self.outline.names)
        for k, i in enumerate(self.slot):
            kind = self.outline.slots[i].kind if i is not None else ""
            if kind == "check":
                self._unlock_check(k, i)
            elif kind in ("given", "demo") and not self.is_blank(k) and defined(self.cells[k].source) & asked:
                self.changed.add(i)
                self.slot[k] = None

    def _unlock_check(self, k: int, i: int) -> None:
        lines = self.cells[k].source.splitlines()
        own = [line for line in lines if not called(line)]
        if any(line.strip() and not line.lstrip().startswith("#") for line in own):
            self.cells[k] = replace(self.cells[k], source="\n".join(own).strip("\n"))
            self.changed.add(i)
            self.slot[k] = None
        elif _calls(lines) != _calls(self.outline.slots[i].source.splitlines()):
            self.changed.add(i)

    # --- by markers ----------------------------------------------------------------------------------------------

    def _by_checks(self) -> None:
        """A cell that only calls one check is that check, unless another cell is it already."""
        taken = set(self.slot)
        for k in self._free():
            ids = {called(line) for line in self.cells[k].source.splitlines() if not _says_nothing(line)}
            i = self.outline.checks.get(ids.pop()) if len(ids) == 1 and self.cells[k].kind != "markdown" else None
            if i is not None and i not in taken:
                self._set(k, i, "marker")
                taken.add(i)

    def _by_names(self, i: int) -> None:
        """Who defines what slot i asks for?"""
        asked, check, free = self.outline.names[i], self._check_of(i), self._free()
        answered = [k for k in self.of(i) if not self.is_blank(k) and self.defines(k, i)]
        found = [k for k in free if self._names[k] & asked]
        if answered:
            for k in answered:  # a later copy, left off halfway, is not what was meant
                if answered[0] < check < k and not self._is_complete(k):
                    self.slot[k] = None
            copies = [k for k in found if self._is_copy(k, i) and (k < check or self._is_complete(k))]
            self._pull(copies, i, check)
            return
        found = [k for k in found if self.cells[k].kind == "code"] or found
        found = [k for k in found if k < check] or found
        found = found or [k for k in free if k < check and self._bound[k] & asked]
        if found:
            self._pull(found, i, check)
        elif asked:
            self._share(i, asked)

    def _share(self, i: int, asked: frozenset[str]) -> None:
        """An answer that stands in the cell of another exercise: two cells were merged, or one was used again."""
        for k, j in enumerate(self.slot):
            theirs = self.outline.names[j] if j not in (None, i) else frozenset()
            if theirs and self._names[k] & (asked - theirs) and not self.is_blank(k):
                if j > i or not self._bound[k] & theirs:
                    self.pulled.add(k)
                    self._set(k, i, self.how[k])
                else:
                    self.elsewhere[i] = k
                return

    def _pull(self, cells: list[int], i: int, check: int) -> None:
        self.pulled.update(k for k in cells if k > check)
        for k in cells:
            self._set(k, i, "marker")

    def _is_copy(self, k: int, i: int) -> bool:
        """Begun from the blank, as `restart` gives it: one of its docstrings is still there."""
        return any(head in self.cells[k].source for head in self.outline.heads[i])

    def _is_complete(self, k: int) -> bool:
        return "NotImplementedError" not in self.cells[k].source

    def _check_of(self, i: int) -> int:
        """The number of the cell that checks slot i, that of the last cell if there is none."""
        check = self.outline.checks.get(self.outline.slots[i].exercise)
        return next((k for k, slot in enumerate(self.slot) if slot == check and slot is not None), len(self.cells))

    # --- by text -------------------------------------------------------------------------------------------------

    def _by_text(self) -> None:
        """The very text of a slot; a blank may have been copied."""
        taken = set(self.slot)
        for k in self._free():
            i = self.outline.by_text.get(normal(self.cells[k].source))
            if i is not None and self._may_be(k, i) and (i not in taken or self.outline.slots[i].kind == "solve"):
                self._set(k, i, "text")
                taken.add(i)

    def _by_likeness(self) -> None:
        """Most of the lines of a slot that nothing else has taken."""
        taken = set(self.slot)
        for k in self._free():
            lines = words(self.cells[k].source)
            shared = Counter(i for line in lines for i in self.outline.lines.get(line, ()))
            for i, n in shared.most_common(3):
                there = self.outline.sizes[i]
                alike = n >= ALIKE * there and len(lines) <= max(ADDED * there, there + 20)
                if alike and i not in taken and self.outline.slots[i].kind != "check" and self._may_be(k, i):
                    self._set(k, i, "text")
                    taken.add(i)
                    break

    # --- by place ------------------------------------------------------------------------------------------------

    def _by_place(self, i: int) -> None:
        """A written answer that lost its cell: what stands between its question and the next cell of ours."""
        if any(not self.is_blank(k) for k in self.of(i)):
            return
        for k in self._after_question(i):
            code = self.cells[k].kind == "code"
            if not code or all(_says_nothing(line) for line in self.cells[k].source.splitlines()):
                self._set(k, i, "place")

    def _after_question(self, i: int) -> list[int]:
        """The student's own cells around the place of the answer, in order."""
        before = i - 1
        while before >= 0 and self.outline.slots[before].kind == "prose" and not self.of(before):
            before -= 1
        start = self.of(before) if before >= 0 and self.outline.slots[before].kind == "prose" else self.of(i)
        if start:
            return self._run(range(start[-1] + 1, len(self.cells)), i)
        end = next((self.of(j) for j in range(i + 1, len(self.outline.slots)) if self.of(j)), [])
        return self._run(range(end[0] - 1, -1, -1), i)[::-1] if end else []

    def _run(self, cells: range, i: int) -> list[int]:
        """The student's own cells up to the next one that is ours."""
        found = []
        for k in cells:
            if self.slot[k] is None:
                found.append(k)
            elif self.slot[k] != i:
                break
        return found


def _calls(lines: list[str]) -> list[str]:
    return [normal(line) for line in lines if called(line)]


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")
