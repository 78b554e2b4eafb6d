"""What a check says: the laws with ✓ and ✗, what was expected and what came, the likely mistake, the hints."""

from __future__ import annotations

import html
import itertools
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograder.judging.exercise import Law, Mistake
from pushforward.answering.shell import shell

# Okabe and Ito's blue and vermilion, told apart by readers of every kind of colour vision; the marks say it again.
_GOOD, _BAD, _MUTED = "#0072B2", "#D55E00", "#767676"
# For MathJax, old and new: what an answer said or raised is no formula, and no link of one.
_NO_MATHEMATICS = "tex2jax_ignore mathjax_ignore"


# One rule for every exercise: it costs nothing, and is worth knowing.
COARSE = (
    "Right, but not to all the digits of double precision: a constant made by `torch.tensor(…)` is float32 unless it "
    "is told otherwise, and a difference of nearly equal numbers loses digits too. This costs no points."
)


@dataclass(frozen=True)
class LawResult:
    """One law after all its cases. reached: False where no answer came far enough to test it."""

    law: Law
    ok: bool
    reached: bool
    case: str = ""
    expected: str = ""
    got: str = ""
    why: str = ""

    @property
    def mark(self) -> str:
        return "✓" if self.ok else "✗" if self.reached else "–"


@dataclass(frozen=True)
class Report:
    """The result of one check; notebooks show it as a table, stock nbgrader reads its points."""

    id: str
    points: float
    max: float
    laws: tuple[LawResult, ...]
    mistake: Mistake | None
    error: str | None
    blank: bool
    seed: int
    hints: tuple[str, ...]
    printed: str = ""
    graded: bool = False
    coarse: bool = False
    stale: str = ""  # why what was judged is not what stands in the cell

    @property
    def full(self) -> bool:
        return all(result.ok for result in self.laws if result.law.weight)

    @property
    def headline(self) -> str:
        """One line: the mark and what it means."""
        if self.blank:
            return f"{self.id}: not implemented yet (0 of {number(self.max)})"
        verdict = "all laws hold" if self.full else "not there yet" if self.points == 0 else "partly right"
        return f"{self.id}: {number(self.points)} of {number(self.max)} points, {verdict}"

    def to_json(self) -> dict[str, Any]:
        """{points, max, laws: [{law, ok, points}], misconception, error} and the seed that shows it again."""
        laws = [
            {
                "law": r.law.sentence,
                "ok": r.ok,
                "points": share if r.ok else 0.0,
                "max": share,
                "expected": r.expected,
                "got": r.got,
            }
            for r, share in zip(self.laws, shares([r.law for r in self.laws], self.max), strict=True)
        ]
        mistake = {"name": self.mistake.name, "sentence": self.mistake.sentence} if self.mistake else None
        base = {"id": self.id, "points": self.points, "max": self.max, "laws": laws}
        return {**base, "misconception": mistake, "error": self.error, "seed": self.seed}

    # --- on the screen -----------------------------------------------------------------------------------------

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self) if _is_terminal() else number(self.points), "text/html": self._repr_html_()}

    def __repr__(self) -> str:
        return "\n".join([self.headline, *self._text_lines()])

    def _text_lines(self) -> list[str]:
        lines = [_wrap(sentence, "  ! ") for sentence in (self.stale, self.error) if sentence]
        if self.blank:
            return lines
        for result in self.laws:
            lines.append(_wrap(result.law.sentence + ("" if result.reached else " (not reached)"), f"  {result.mark} "))
            if result.expected or result.got:
                shown = {"for": result.case, "expected": result.expected, "got": result.got}
                lines += [_wrap(text, f"      {name:9}") for name, text in shown.items() if text]
            if result.why and result.reached:
                lines.append(_wrap(result.why, "      "))
        if self.coarse:
            lines.append(_wrap(COARSE, "  · "))
        if self.mistake:
            lines.append(_wrap(f"Likely mistake, {self.mistake.name}: {self.mistake.sentence}", "  → "))
        if not self.full:
            lines.append(f'  hint("{self.id}") opens a hint.')
        if self.graded:
            lines.append(f'  check("{self.id}", seed={self.seed}) asks these questions again.')
        if self.printed:
            lines += ["  Your code printed:", textwrap.indent(self.printed.rstrip(), "    ")]
        return lines

    def _repr_html_(self) -> str:
        parts = [f'<p style="margin:0 0 .3em"><strong>{_prose(self.headline)}</strong></p>']
        parts += [_box(sentence, _BAD) for sentence in (self.stale, self.error) if sentence]
        if not self.blank:
            parts.append(self._html_table())
        if self.coarse:
            parts.append(f'<p style="color:{_MUTED}">{_prose(COARSE)}</p>')
        if self.mistake:
            parts.append(_box(f"Likely mistake, {self.mistake.name}: {self.mistake.sentence}", _BAD))
        if not self.full:
            parts.append(_hints(self.hints))
        if self.printed:
            parts.append(
                _details("what your code printed during this check", f"<pre>{html.escape(self.printed)}</pre>")
            )
        if self.graded:
            again = f'check("{self.id}", seed={self.seed})'
            parts.append(f'<p style="color:{_MUTED}"><code>{html.escape(again)}</code> asks these questions again.</p>')
        return f'<div class="pushforward-check {_NO_MATHEMATICS}">{"".join(parts)}</div>'

    def _html_table(self) -> str:
        """Columns for expected and got only where there is something to say."""
        details = any(r.expected or r.got for r in self.laws)
        heads = ("", "law", "for", "expected", "got") if details else ("", "law")
        head = "".join(f'<th scope="col" style="text-align:left">{h}</th>' for h in heads)
        rows = "".join(_row(r, details) for r in self.laws)
        caption = f'<caption style="display:none">Laws of {html.escape(self.id)}</caption>'
        return f'<table style="font-size:90%">{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def shares(laws: Sequence[Law], full: float) -> list[float]:
    """What each law is worth: its weight's part of the points, in hundredths, which add up to all the points."""
    sums = list(itertools.accumulate(law.weight for law in laws))
    upto = [full if s == sums[-1] else round(full * s / sums[-1], 2) for s in sums]
    return [round(after - before, 6) for before, after in itertools.pairwise([0.0, *upto])]


def number(value: float) -> str:
    """Points without needless zeros: 2, 1.5."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _row(result: LawResult, details: bool) -> str:
    colour = _GOOD if result.ok else _BAD if result.reached else _MUTED
    said = {"✓": "holds", "✗": "broken", "–": "not reached"}[result.mark]
    law = _prose(result.law.sentence) + (
        "" if result.law.weight else f' <small style="color:{_MUTED}">(must hold)</small>'
    )
    if result.why and result.reached:
        law += f"<br><em>{_prose(result.why)}</em>"
    cells = [f'<td style="color:{colour};font-weight:bold" title="{said}" aria-label="{said}">{result.mark}</td>']
    cells.append(f'<td style="text-align:left;max-width:28em;white-space:normal">{law}</td>')
    if details:
        shown = (result.case, result.expected, result.got) if result.expected or result.got else ("", "", "")
        cells += [
            f'<td style="text-align:left;max-width:22em;white-space:normal;overflow-wrap:anywhere">'
            f"{f'<code>{html.escape(text)}</code>' if text else ''}</td>"
            for text in shown
        ]
    return f"<tr>{''.join(cells)}</tr>"


def _hints(hints: tuple[str, ...]) -> str:
    """One inside the other, so that each is opened only after the one before it."""
    nested = ""
    for i in range(len(hints), 0, -1):
        nested = _details(f"hint {i} of {len(hints)}", f"<p>{_prose(hints[i - 1])}</p>{nested}")
    return nested


def _details(summary: str, body: str) -> str:
    return f'<details style="margin:.3em 0"><summary>{html.escape(summary)}</summary>{body}</details>'


def _box(sentence: str, colour: str) -> str:
    return f'<p style="border-left:.3em solid {colour};padding:.2em .6em;margin:.4em 0">{_prose(sentence)}</p>'


def _prose(text: str) -> str:
    """Escaped text in which `code` is code."""
    pieces = html.escape(text).split("`")
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(pieces))


def _wrap(text: str, lead: str) -> str:
    return textwrap.fill(text, 100, initial_indent=lead, subsequent_indent=" " * len(lead))


def _is_terminal() -> bool:
    """IPython in a terminal shows text/plain; there the table is wanted, not the bare points."""
    return type(shell()).__name__ == "TerminalInteractiveShell"
