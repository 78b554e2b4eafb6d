"""The cells of the mended notebook, slot by slot, and a sentence to the student for whatever had to be done."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import count

from nbformat import NotebookNode, from_dict

from autograder.grading.model import Slot, Template
from autograder.grading.reading.handed import Cell
from autograder.grading.repair.matching import Matching
from autograder.grading.repair.outline import normal
from autograder.grading.repair.remarks import first, quoted

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
GONE = "Missing, and put back"
COPIES = "Left out, as copies that add nothing"
_PICTURE = re.compile(r"\(attachment:([\w.-]+)\)")


class Mending:
    """The cells of the result, and what was said about each. `missing`: the slots of text and demonstrations."""

    def __init__(self, match: Matching, template: Template) -> None:
        released = json.loads(template.notebook)
        self.match, self.slots, self.released = match, template.slots, released["cells"]
        self.metadata = from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
        self.said: list[str] = []
        self.missing: list[int] = []
        self.lists: dict[str, list[str]] = defaultdict(list)  # what was done → to which cells
        self.own: set[int] = set()  # which nodes are the student's, by identity
        self.of: dict[int, list[int]] = {}
        for k, i in enumerate(match.slot):
            if i is not None:
                self.of.setdefault(i, []).append(k)

    def cells(self) -> list[NotebookNode]:
        """All cells in their order, each under an id of its own."""
        rows = self._own_rows()
        for i, slot in enumerate(self.slots):
            emit = getattr(self, f"_{slot.kind}")
            rows.setdefault(i, []).extend(emit(i, slot, self.of.get(i, [])))
        # Of one slot: by their place in the student's file; what comes from the template alone has the place −1.
        cells = [cell for i in sorted(rows) for _, cell in sorted(rows[i], key=lambda row: row[0])]
        _give_ids(cells, self.own, {self._id(i) for i in range(len(self.slots))})
        _give_pictures(cells, self.match.cells)
        return cells

    def _own_rows(self) -> dict[int, list[tuple[int, NotebookNode]]]:
        """Slot → the student's own cells after it; −1 for those before the first."""
        rows, after = {}, -1
        for k, i in enumerate(self.match.slot):
            if i is None:
                rows.setdefault(after, []).append((k, self._own(k)))
            elif k not in self.match.pulled:
                after = i
        return rows

    def _own(self, k: int) -> NotebookNode:
        """A cell of the student's. The copy of a demonstration is one."""
        cell = self.match.cells[k]
        node = self._new(k, cell.kind, cell.source)
        if cell.kind == "code" and self._shows(cell):
            node.metadata["tags"] = ["demo"]
        return node

    def _new(self, k: int, kind: str, source: str) -> NotebookNode:
        node = from_dict({"cell_type": kind, "id": self.match.cells[k].id, "metadata": {}, "source": source})
        if kind == "code":
            node.outputs, node.execution_count = [], None
        self.own.add(id(node))
        return node

    def _shows(self, cell: Cell) -> bool:
        i = self.match.outline.by_text.get(normal(cell.source))
        return i is not None and self.slots[i].kind == "demo"

    def _ours(self, i: int, source: str | None = None) -> NotebookNode:
        """Cell i of the template, with its metadata, and with another text if it is the student's to write."""
        node = from_dict({**self.released[i], "source": self.slots[i].source if source is None else source})
        node["id"] = self._id(i)
        node.pop("attachments", None)
        if node.cell_type == "code":
            node.outputs, node.execution_count = [], None
        return node

    def _id(self, i: int) -> str:
        return self.slots[i].id or f"slot-{i}"

    # --- kind by kind: [(place in the file, cell), …] ------------------------------------------------------------

    def _prose(self, i: int, slot: Slot, found: list[int]) -> list[tuple[int, NotebookNode]]:
        if not found:
            self.missing += [i] if i not in self.match.changed else []
            return [(-1, self._ours(i))]
        return [(found[0], self._ours(i, self.match.cells[found[0]].source))]

    _demo = _prose

    def _given(self, i: int, slot: Slot, found: list[int]) -> list[tuple[int, NotebookNode]]:
        begin = f"The given cell that begins with {quoted(first(slot.source))}"
        other = [k for k in found if not self.match.is_blank(k)]
        if other or i in self.match.changed:
            self.said.append(f"{begin} had been changed: it was restored, and your version follows it.")
        elif not found or not any(self.match.cells[k].source.strip() for k in found):
            self.lists[GONE].append(f"the given code {quoted(first(slot.source))}")
        return [(-1, self._ours(i)), *((k, self._own(k)) for k in other)]

    def _check(self, i: int, slot: Slot, found: list[int]) -> list[tuple[int, NotebookNode]]:
        if i in self.match.changed:
            self.said.append(f"The check of {slot.exercise} had been changed and was restored; what you wrote is kept.")
        elif not found:
            self.lists[GONE].append(f"the check of {slot.exercise}")
        elif len(found) > 1:
            self.lists[COPIES].append(f"the check of {slot.exercise}")
        return [(-1, self._ours(i))]

    def _solve(self, i: int, slot: Slot, found: list[int]) -> list[tuple[int, NotebookNode]]:
        written = self._without_copies([k for k in found if not self.match.is_blank(k)])
        self._say_how_solved(i, slot, found, written)
        if written:
            last = next((k for k in reversed(written) if self.match.defines(k, i)), written[-1])
            code = {k: self._code(k) for k in written}
            return [(k, self._ours(i, code[k]) if k == last else self._new(k, "code", code[k])) for k in written]
        if i in self.match.elsewhere:
            return []
        return [(found[0] if found else -1, self._ours(i))]

    def _without_copies(self, cells: list[int]) -> list[int]:
        """Of cells with the same text only the last one."""
        last = {normal(self.match.cells[k].source): k for k in cells}
        return [k for k in cells if last[normal(self.match.cells[k].source)] == k]

    def _say_how_solved(self, i: int, slot: Slot, found: list[int], written: list[int]) -> None:
        id, cells = slot.exercise, self.match.cells
        if not found and i not in self.match.elsewhere:
            self.lists[GONE].append(f"the answer cell of {id} (as the blank)")
        if not written and i in self.match.elsewhere:
            other = self.slots[self.match.slot[self.match.elsewhere[i]]].exercise
            self.lists[f"Found in the cell of {other}, and counted"].append(f"your answer to {id}")
        if len(written) > 1:
            self.said.append(f"Your answer to {id} stood in {len(written)} cells: all were kept, the last one counts.")
        elif len(found) > max(len(written), 1) and all(self.match.how[k] != "marker" for k in written):
            self.lists[COPIES].append(f"the answer cell of {id}")
        if any(k in self.match.pulled for k in written):
            self.said.append(f"Your answer to {id} stood in another place: it was moved before its check.")
        elif any(self.match.how[k] == "marker" for k in written) and any(k not in written for k in found):
            self.said.append(f"Your answer to {id} stood beside its cell and was taken from there.")
        if any(cells[k].kind != "code" for k in written):
            self.said.append(f"Your answer to {id} had become text and is code again.")

    def _code(self, k: int) -> str:
        """The cell as code; in a cell of text it may stand between fences."""
        cell = self.match.cells[k]
        if cell.kind == "code":
            return cell.source
        return "\n".join(line for line in cell.source.split("\n") if not line.lstrip().startswith("```"))

    def _written(self, i: int, slot: Slot, found: list[int]) -> list[tuple[int, NotebookNode]]:
        answers = self._without_copies([k for k in found if not self.match.is_blank(k)])
        text = "\n\n".join(self._answer(k, i) for k in answers) or self._beside_question(i)
        if len(answers) > 1:
            self.said.append(f"Your answer to {slot.exercise} stood in {len(answers)} cells and was put together.")
        elif answers and self.match.how[answers[0]] == "place" and any(k not in answers for k in found):
            self.said.append(f"Your answer to {slot.exercise} stood beside its cell and was taken from there.")
        elif text and not answers:
            self.said.append(
                f"Your answer to {slot.exercise} stood in the question's own cell and was taken from there."
            )
        elif not found:
            self.lists[GONE].append(f"the cell for your answer to {slot.exercise}")
        return [(found[0] if found else -1, self._ours(i, text or slot.source))]

    def _answer(self, k: int, i: int) -> str:
        """What was written, without the question if both were merged."""
        text = self.match.cells[k].source
        for j in range(i - 1, -1, -1):
            if self.slots[j].kind != "prose":
                break
            text = text.removeprefix(self.slots[j].source).lstrip("\n")
        return text.removeprefix(self.slots[i].source + "\n").strip("\n")

    def _beside_question(self, i: int) -> str:
        """What was added to the question's own cell."""
        for j in range(i - 1, -1, -1):
            if self.slots[j].kind != "prose":
                return ""
            known = {normal(line) for s in (j, i) for line in self.slots[s].source.splitlines()}
            for k in self.of.get(j, []):
                lines = self.match.cells[k].source.splitlines()
                added = [line for line in lines if normal(line) and normal(line) not in known]
                if added:
                    return "\n".join(added)
        return ""

    # --- what is said at the end ---------------------------------------------------------------------------------

    def listed(self) -> Iterable[str]:
        """What was done to several cells, a sentence each. Text and demonstrations, without marks, are counted only."""
        if self.missing:
            n = len(self.missing)
            self.lists[GONE].append("a cell of text or pictures" if n == 1 else f"{n} cells of text or pictures")
        for done, cells in self.lists.items():
            yield f"{done}: {', '.join(dict.fromkeys(cells))}."


def _give_ids(cells: list[NotebookNode], own: set[int], ours: set[str]) -> None:
    """Ids that occur once: those of the template stay, those of the student's cells as far as they can."""
    seen, spare = set(ours), count(1)
    for cell in cells:
        if id(cell) in own:
            while cell["id"] in seen or not cell["id"]:
                cell["id"] = f"own-{next(spare)}"
            seen.add(cell["id"])


def _give_pictures(cells: list[NotebookNode], handed: Iterable[Cell]) -> None:
    """Every cell of text has the pictures that it shows: its text may have stood elsewhere."""
    known = {name: picture for cell in handed for name, picture in cell.attachments.items()}
    for cell in cells if known else ():
        shown = [name for name in _PICTURE.findall(cell.source) if name in known]
        if shown and cell.cell_type == "markdown":
            cell.attachments = from_dict({name: dict([known[name]]) for name in shown})
