"""A faulty source is refused with file, line and mend. One case for each fault; the sound source passes."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.building.source import SourceError, Tag, judged, parse_tag, read_source, read_sources, read_toc, tag_of
from pushforward.errors import CourseError

FLOW, START = "solutions/02_change_of_variables.py", "solutions/00_start_here.py"
CHECK_HALF = '# %% tags=["check:cov.half:0.5"]\n'
SOLVE_HALF = '# %% tags=["solve:cov.half"]\n'
WRITTEN = '# %% [markdown] tags=["written:cov.why:3"]\n'
HALF = (
    SOLVE_HALF
    + """\
def half(z):
    \"\"\"z / 2, in a café.\"\"\"
    ### BEGIN SOLUTION
    return z / 2
    ### END SOLUTION

"""
)

# What is replaced, by what, the cell that is named (by its marker or first line), parts of sentence and mend.
FAULTS = {
    "unknown exercise": (
        "cov.half",
        "cov.third",
        '# %% tags=["check:cov.third',
        "Nobody judges",
        "autograder/checks",
    ),
    "checked twice": (
        CHECK_HALF,
        CHECK_HALF + 'check("cov.half")\n\n# %% tags=["check:cov.half:1"]\n',
        '# %% tags=["check:cov.half:1"]',
        "already stands at",
        "another id",
    ),
    "id written and checked": (
        "written:cov.why:3",
        "written:cov.stretch:3",
        '# %% [markdown] tags=["written:cov.stretch:3"]',
        "already stands at",
        "another id",
    ),
    "written but judged": (
        "written:cov.why:3",
        "written:start.one:3",
        '# %% [markdown] tags=["written:start.one:3"]',
        "judged by a class and marked by hand",
        "another id",
    ),
    "no END SOLUTION": (
        "    return z / 2\n    ### END SOLUTION",
        "    return z / 2",
        SOLVE_HALF,
        "no END SOLUTION",
        "### END SOLUTION",
    ),
    "no BEGIN SOLUTION": (
        "    ### BEGIN SOLUTION\n    return z / 2",
        "    return z / 2",
        SOLVE_HALF,
        "no BEGIN SOLUTION",
        "### BEGIN SOLUTION",
    ),
    "BEGIN in BEGIN": (
        "    return z / 2",
        "    ### BEGIN SOLUTION\n    return z / 2",
        SOLVE_HALF,
        "follows BEGIN SOLUTION",
        "### END SOLUTION",
    ),
    "no END SOLUTION in a written cell": (
        "# ### END SOLUTION\n",
        "",
        WRITTEN,
        "no END SOLUTION",
        "### END SOLUTION",
    ),
    "check before its solve cell": (
        HALF + CHECK_HALF + 'check("cov.half")\n',
        CHECK_HALF + 'check("cov.half")\n\n' + HALF,
        CHECK_HALF,
        "stands before its solve cell",
        "above its check",
    ),
    "check between its solve cells": (
        'check("cov.stretch")\n',
        'check("cov.stretch")\n\n'
        + HALF.replace("cov.half", "cov.stretch").replace("half", "quarter").replace("z / 2", "z / 4"),
        '# %% tags=["check:cov.stretch:2"]',
        "stands before its solve cell",
        "above its check",
    ),
    "check without solve cell": (HALF, "", CHECK_HALF, "stands before its solve cell", "above its check"),
    "solve cell without check": (
        CHECK_HALF + 'check("cov.half")\n',
        "",
        SOLVE_HALF,
        "no check",
        "add a cell check:cov.half:POINTS",
    ),
    "kind misspelt": (
        "check:cov.half",
        "chekc:cov.half",
        '# %% tags=["chekc',
        "none of the course's",
        "write solve:",
    ),
    "points forgotten": (
        CHECK_HALF,
        CHECK_HALF.replace(":0.5", ""),
        '# %% tags=["check:cov.half"]',
        "none of",
        "POINTS",
    ),
    "points too many": (
        SOLVE_HALF,
        SOLVE_HALF.replace("half", "half:1"),
        '# %% tags=["solve:cov.half:1',
        "none of",
        "",
    ),
    "one word": (
        SOLVE_HALF,
        SOLVE_HALF.replace("cov.", ""),
        '# %% tags=["solve:half"]',
        "two words",
        "EXERCISE",
    ),
    "capitals": (
        SOLVE_HALF,
        SOLVE_HALF.replace("cov", "Cov"),
        '# %% tags=["solve:Cov',
        "two words",
        "EXERCISE",
    ),
    "no points": (
        CHECK_HALF,
        CHECK_HALF.replace("0.5", "0"),
        '# %% tags=["check:cov.half:0"]',
        "no positive",
        "above 0",
    ),
    "negative points": (
        CHECK_HALF,
        CHECK_HALF.replace("0.5", "-1"),
        '# %% tags=["check:cov.half:-1',
        "no positive",
        "",
    ),
    "points in words": (
        CHECK_HALF,
        CHECK_HALF.replace("0.5", "two"),
        '# %% tags=["check:cov.half:two',
        "no positive",
        "",
    ),
    "endless points": (
        CHECK_HALF,
        CHECK_HALF.replace("0.5", "inf"),
        '# %% tags=["check:cov.half:inf',
        "no positive",
        "",
    ),
    "points NaN": (
        CHECK_HALF,
        CHECK_HALF.replace("0.5", "nan"),
        '# %% tags=["check:cov.half:nan',
        "no positive",
        "",
    ),
    "bracket forgotten": (
        '"solve:cov.half"]',
        '"solve:cov.half"',
        '# %% tags=["solve:cov.half"\n',
        "The marker",
        'like # %% tags=["given"]',
    ),
    "quotes forgotten": (
        '["solve:cov.half"]',
        "[solve:cov.half]",
        "# %% tags=[solve:cov.half]",
        "cannot be read",
        "write it like",
    ),
    "tag that is no list": (
        '["solve:cov.half"]',
        '"solve:cov.half"',
        '# %% tags="solve:cov.half"',
        "cannot be read",
        "write it like",
    ),
    "tag that is a number": ('["solve:cov.half"]', "[1]", "# %% tags=[1]", "cannot be read", "write it like"),
    "tag that is nothing": (
        '["solve:cov.half"]',
        "null",
        "# %% tags=null",
        "cannot be read",
        "write it like",
    ),
    "markdown's bracket forgotten": (
        '"written:cov.why:3"]',
        '"written:cov.why:3"',
        '# %% [markdown] tags=["written:cov.why:3"\n',
        "cannot be read",
        "write it like",
    ),
    "code without tag": (
        '# %% tags=["given"]\nhelper',
        "# %%\nhelper",
        "helper = math.pi",
        "no course tag",
        "solve:EXERCISE",
    ),
    "two tags": (
        '# %% tags=["given"]\nhelper',
        '# %% tags=["given", "demo"]\nhelper',
        "helper = math.pi",
        "2 tags",
        "leave it one",
    ),
    "prose with a code tag": (
        "# %% [markdown]\n# ## Why",
        '# %% [markdown] tags=["given"]\n# ## Why',
        "# ## Why a determinant?",
        "markdown cell cannot be tagged",
        "markdown with written",
    ),
    "code with a prose tag": (
        '# %% tags=["demo"]',
        '# %% tags=["written:cov.picture:1"]',
        'print("a picture',
        "code cell cannot be tagged",
        "tag code with",
    ),
    "check of another exercise": (
        'check("cov.half")',
        'check("cov.stretch")',
        CHECK_HALF,
        'not the call check("cov.half")',
        'write check("cov.half")',
    ),
    "more than a check": (
        'check("cov.half")',
        'check("cov.half")\nprint(1)',
        CHECK_HALF,
        "not the call",
        "and nothing else",
    ),
    "check with an answer": (
        'check("cov.half")',
        'check("cov.half", half)',
        CHECK_HALF,
        "not the call",
        "and nothing else",
    ),
    "check with a seed": (
        'check("cov.half")',
        'check("cov.half", seed=1)',
        CHECK_HALF,
        "not the call",
        "nothing else",
    ),
    "check commented out": (
        'check("cov.half")',
        '# check("cov.half")',
        CHECK_HALF,
        "not the call",
        "nothing else",
    ),
    "check that is no Python": (
        'check("cov.half")',
        'check("cov.half"',
        CHECK_HALF,
        "not the call",
        "nothing else",
    ),
    "no rubric": ("# **Rubric**\n", "", WRITTEN, "no rubric", "**Rubric**"),
    "no model answer": ("**Model answer.** ", "", WRITTEN, "no model answer", "**Model answer.**"),
    "rubric adds up to less": (
        "# - (2) says",
        "# - (1) says",
        WRITTEN,
        "adds up to 2 points, its tag says 3",
        "add up",
    ),
    "rubric adds up to more": ("# - (2) says", "# - (2.5) says", WRITTEN, "adds up to 3.5 points", "add up"),
    "rubric without points": ("# - (2) says", "# - says", WRITTEN, "adds up to 1 points", "`- (1) …`"),
    "no open line": (
        "# - (up to 3) any other well-justified answer\n",
        "",
        WRITTEN,
        "no open line",
        "(up to 3)",
    ),
    "open line for less": ("(up to 3)", "(up to 2)", WRITTEN, "no open line", "(up to 3)"),
    "open line for something else": (
        "any other well-justified",
        "one other",
        WRITTEN,
        "no open line",
        "(up to 3)",
    ),
    "question in the written cell": (
        WRITTEN,
        WRITTEN + "# Why?\n#\n",
        WRITTEN,
        "not one solution from its first line",
        "the question into a cell before it",
    ),
    "two answers in a written cell": (
        "# **Rubric**",
        "# ### END SOLUTION\n# ### BEGIN SOLUTION\n# **Rubric**",
        WRITTEN,
        "not one solution from its first line",
        "### BEGIN SOLUTION first",
    ),
    "no total": ("\ntotal()", "\nhelper", '# %% tags=["given"]\nhelper\n', "not total()", "is total()"),
    "total with more": (
        "\ntotal()",
        "\ntotal(1)",
        '# %% tags=["given"]\ntotal(1)',
        "not total()",
        "is total()",
    ),
    "total to be skipped": (
        '# %% tags=["given"]\ntotal()',
        '# %% tags=["demo"]\ntotal()',
        "total()\n",
        "not total()",
        "tagged given",
    ),
    "answer in a demo": (
        'print("a picture of", Stretch)',
        '### BEGIN SOLUTION\nprint("a picture of", Stretch)\n### END SOLUTION',
        '# %% tags=["demo"]',
        "outside a blank",
        "solve:EXERCISE",
    ),
    "answer in prose": (
        "# Say why.",
        "# ### BEGIN SOLUTION\n# Say why.\n# ### END SOLUTION",
        "# ## Why a determinant?",
        "outside a blank",
        "written:EXERCISE:POINTS",
    ),
    "nothing to cut": (
        "    ### BEGIN SOLUTION\n    return z / 2\n    ### END SOLUTION\n",
        "    return z / 2\n",
        SOLVE_HALF,
        "marks no solution",
        "around the answer",
    ),
    "blank outside a function": (
        HALF,
        SOLVE_HALF + "### BEGIN SOLUTION\nhalf = 0.5\n### END SOLUTION\n\n",
        SOLVE_HALF,
        "outside a function",
        "into the body",
    ),
    "blank in the body of a class": (
        "        self.scale = scale\n",
        "        self.scale = scale\n\n    ### BEGIN SOLUTION\n    base = 2\n    ### END SOLUTION\n",
        "class Stretch:",
        "outside a function",
        "into the body",
    ),
    "no docstring": ('    """z / 2, in a café."""\n', "", SOLVE_HALF, "no docstring", "equation, shapes"),
    "docstring cut": (
        '    """z / 2, in a café."""\n    ### BEGIN SOLUTION\n',
        '    ### BEGIN SOLUTION\n    """z / 2, in a café."""\n',
        SOLVE_HALF,
        "no docstring",
        "above ### BEGIN SOLUTION",
    ),
    "answer is no Python": (
        "return z / 2",
        "return z /",
        SOLVE_HALF,
        "no Python: invalid syntax in line 4",
        "correct it",
    ),
    "blank is no Python": (
        "    ### BEGIN SOLUTION\n    return z / 2\n    ### END SOLUTION\n",
        "    return (\n        ### BEGIN SOLUTION\n        z / 2\n        ### END SOLUTION\n    )\n",
        SOLVE_HALF,
        "leaves to the student is no Python",
        "stand by itself",
    ),
    "name not defined": (
        "def half(z)",
        "def halve(z)",
        SOLVE_HALF,
        "judged by half, which none",
        "define half there",
    ),
    "answer shown": (
        "helper = math.pi",
        "helper = math.pi\nstretched = scale * z",
        "helper = math.pi",
        "shows 'stretched = scale * z' of the answer to cov.stretch",
        "differently",
    ),
    "model answer shown": (
        "# Say why.",
        "# **Model answer.** It is the local change of volume.",
        "# ## Why a determinant?",
        "of the answer to cov.why",
        "differently",
    ),
}


def line_of(text: str, at: str) -> int:
    """The line of the marker that `at` is, or that stands just above it."""
    assert text.count(at) == 1, f"{at!r} must name one cell"
    line = text[: text.index(at)].count("\n") + 1
    return line if at.startswith("# %%") else line - 1


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_with_file_line_and_mend(course: Path, judges: Callable, fault: str) -> None:
    old, new, at, sentence, mend = FAULTS[fault]
    path = course / FLOW
    text = path.read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as refused:
        read_source(path, judges)
    error = refused.value
    assert (error.file, error.line) == (str(path), line_of(text, at))
    assert sentence in error.sentence
    assert mend in error.mend
    assert str(error) == f"{path}:{error.line}: {error.sentence} Mend: {error.mend}"
    assert error.sentence.endswith(".")
    assert "\n" not in str(error)


@pytest.mark.parametrize("name", [FLOW, START])
def test_the_sound_source_passes(course: Path, judges: Callable, name: str) -> None:
    notebook = read_source(course / name, judges)
    assert notebook.cells[-1].source == "total()"


def test_the_cells_are_what_the_source_says(course: Path, judges: Callable) -> None:
    tags = [tag_of(cell) for cell in read_source(course / FLOW, judges).cells]
    kinds = [
        "",
        "given",
        "",
        "solve",
        "solve",
        "check",
        "demo",
        "",
        "written",
        "",
        "given",
        "solve",
        "check",
        "given",
    ]
    assert [tag.kind for tag in tags] == kinds
    assert tags[5] == Tag("check", "cov.stretch", 2.0)
    assert tags[8].grade_id == "cov-why"


@pytest.mark.parametrize("line", ["else:", "return z", "pass", "})", "x=1", "", "return"])
def test_a_line_that_tells_nothing_may_stand_twice(course: Path, judges: Callable, line: str) -> None:
    path = course / FLOW
    text = path.read_text(encoding="utf-8")
    text = text.replace("# Say why.", f"# Say why.\n# {line}").replace("- (1) names", f"{line}\n# - (1) names")
    path.write_text(text, encoding="utf-8")
    read_source(path, judges)


def test_rubric_bullets_may_go_on_in_the_next_line(course: Path, judges: Callable) -> None:
    path = course / FLOW
    text = path.read_text(encoding="utf-8").replace("mass is kept\n", "mass is\n#   kept\n")
    path.write_text(text, encoding="utf-8")
    read_source(path, judges)


def test_line_ends_and_a_byte_order_mark_change_nothing(course: Path, judges: Callable) -> None:
    path = course / FLOW
    plain = [cell.source for cell in read_source(path, judges).cells]
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert [cell.source for cell in read_source(path, judges).cells] == plain


def test_lines_are_right_below_a_header_with_a_title(course: Path, judges: Callable) -> None:
    path = course / FLOW
    text = path.read_text(encoding="utf-8").replace("# ---\n", "# ---\n# title: Flow\n", 1)
    text = text.replace("cov.half", "cov.third")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as refused:
        read_source(path, judges)
    assert refused.value.line == line_of(text, '# %% tags=["check:cov.third')


def test_an_exercise_stands_in_one_notebook_only(course: Path, judges: Callable) -> None:
    path = course / START
    text = path.read_text(encoding="utf-8").replace("start.one", "cov.half").replace("one()", "half()")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"cov\.half already stands at .*00_start_here\.py:") as refused:
        read_sources(course / "solutions", ["00_start_here", "02_change_of_variables"], judges)
    assert refused.value.file == str(course / FLOW)
    assert refused.value.line == line_of((course / FLOW).read_text(encoding="utf-8"), CHECK_HALF)


def test_a_source_that_is_not_there(course: Path, judges: Callable) -> None:
    with pytest.raises(CourseError, match=r"There is no file .*nowhere\.py\."):
        read_source(course / "nowhere.py", judges)


def test_a_source_that_is_no_text(course: Path, judges: Callable) -> None:
    (course / FLOW).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceError, match="not UTF-8") as refused:
        read_source(course / FLOW, judges)
    assert refused.value.line == 1


def test_a_source_without_code(course: Path, judges: Callable) -> None:
    (course / FLOW).write_text("# %% [markdown]\n# Nothing.\n")
    with pytest.raises(SourceError, match=r":1: The source has no code cell\."):
        read_source(course / FLOW, judges)


def test_a_folder_is_no_source(course: Path, judges: Callable) -> None:
    with pytest.raises(CourseError, match=r"cannot be read: "):
        read_source(course / "solutions", judges)


def test_notebooks_show_the_sentence_alone(course: Path) -> None:
    error = SourceError("a.py", 3, "This is wrong.", "mend it.")
    assert error._render_traceback_() == ["a.py:3: This is wrong. Mend: mend it."]


def test_without_a_lookup_the_judges_of_the_course_are_asked() -> None:
    assert judged("no.such_exercise") is None


@pytest.mark.parametrize("tag", ["", "solve", "solve:", "given:x.y", "check:a.b:1:2", "check::1", "hide-input"])
def test_what_is_no_tag(tag: str) -> None:
    with pytest.raises(ValueError, match="tag"):
        parse_tag(tag)


# What is replaced in the table of contents, by what, the line that is named, and a part of the sentence.
TOC_FAULTS = {
    "broken YAML": ("tag: v0.1.0", "tag: [v0.1.0", 3, "no YAML"),
    "no title": ("title: Start here, ", "", 1, "title"),
    "no notebooks": ("notebooks:\n", "books:\n", 1, "notebooks"),
    "unknown key": ("minutes: 20", "minutes: 20, minuets: 3", 1, "minuets"),
    "listed twice": ("03_flow_layers, title", "00_start_here, title", 6, "listed twice"),
    "no name of a notebook": ("name: 03_flow_layers", "name: flow_layers", 6, "no notebook's name"),
    "source not listed": ("name: 02_change", "name: 01_change", 1, "02_change_of_variables.py is not listed"),
    "neither exercise nor notebook": ("cov.stretch", "stretch", 8, "neither a notebook nor an exercise"),
    "a plan without ids": ("plan: [flow.planar]", "plan: [planar]", 6, "'planar' in the plan of 03_flow_layers"),
    "address without tag": ("tag: v0.1.0", 'tag: ""', 2, "no tag"),
}


@pytest.mark.parametrize("fault", TOC_FAULTS)
def test_a_faulty_table_of_contents_is_refused(course: Path, fault: str) -> None:
    old, new, line, sentence = TOC_FAULTS[fault]
    path = course / "solutions" / "_toc.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SourceError, match=re.escape(sentence)) as refused:
        read_toc(path)
    assert refused.value.line == line
    assert refused.value.mend


def test_the_table_of_contents(course: Path) -> None:
    toc = read_toc(course / "solutions" / "_toc.yml")
    assert [entry.number for entry in toc.notebooks] == ["00", "02", "03"]
    assert toc.notebooks[2].plan == ("flow.planar",)
    assert toc.seeds[3].where == ()
    assert (toc.repository, toc.tag) == ("https://github.com/someone/pushforward", "v0.1.0")


@pytest.mark.parametrize("address", ["https://github.com/a/b/", "https://github.com/a/b.git", "https://github.com/a/b"])
def test_an_address_may_be_written_in_three_ways(course: Path, address: str) -> None:
    path = course / "solutions" / "_toc.yml"
    text = path.read_text(encoding="utf-8").replace("https://github.com/someone/pushforward", address)
    path.write_text(text, encoding="utf-8")
    assert read_toc(path).repository == "https://github.com/a/b"
