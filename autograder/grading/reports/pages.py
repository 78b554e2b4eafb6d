"""HTML pages from templates: what is put in is escaped, and nothing on them runs or loads from anywhere."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import jinja2
from markupsafe import Markup, escape

from autograder.grading.reports.text import visible
from autograder.judging.report import number


def page(template: str, **facts: Any) -> str:
    """The page as text that can be written as UTF-8."""
    return visible(_environment().get_template(template).render(**facts))


def prose(sentence: str, shown: Callable[[str], Markup] = escape) -> Markup:
    """A sentence in which `code` is code; shown: how its pieces are put on the page."""
    pieces = sentence.split("`")
    if len(pieces) % 2 == 0:  # a mark without its partner is only a mark
        return shown(sentence)
    whole = (Markup("<code>{}</code>").format(shown(p)) if i % 2 else shown(p) for i, p in enumerate(pieces))
    return Markup("").join(whole)


def percent(share: float | None) -> str:
    """71 %, or a dash where there is nothing to have a share of."""
    return "–" if share is None else f"{100 * share:.0f} %"


def breakable(id: str) -> Markup:
    """An exercise's id that may go on in the next line after a dot or an underscore."""
    return Markup(re.sub(r"([._])", r"\1<wbr>", str(escape(id))))


def count(n: int, word: str, plural: str = "") -> str:
    """1 notebook, 2 notebooks."""
    return f"{n} {word if n == 1 else plural or word + 's'}"


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("autograder.grading.reports"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
    )
    environment.filters |= {"prose": prose, "number": number, "percent": percent, "breakable": breakable}
    environment.globals |= {"count": count}
    return environment
