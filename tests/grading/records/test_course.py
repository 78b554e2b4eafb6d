"""Which notebooks a class is graded by: the checkout's, an instructor's release, or what nbgrader would release."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from autograder.building.release import instructor_sources
from autograder.grading.records.course import nothing_asked, read_course
from pushforward.errors import CourseError

ROOT = Path(__file__).resolve().parents[3]
NAMES = sorted(path.stem for path in (ROOT / "course").glob("*.ipynb"))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instructor's folder, with the sources and nothing released."""
    folder = tmp_path_factory.mktemp("own")
    instructor_sources(ROOT, folder)
    return folder


def sources(text: str) -> list[str]:
    return [cell.source for cell in nbformat.reads(text, as_version=4).cells]


@pytest.mark.parametrize("given", [None, ROOT])
def test_the_checkout_is_the_course_unless_another_is_given(given: Path | None) -> None:
    course = read_course(given, ROOT)
    assert sorted(course.templates) == NAMES
    assert (course.root, course.own) == (ROOT, None)


def test_a_source_with_answers_becomes_what_students_get(own: Path) -> None:
    course = read_course(own, ROOT)
    assert course.own == own
    assert sorted(course.templates) == NAMES
    for name, template in course.templates.items():
        with_links = sources(read_course(None, ROOT).templates[name].notebook)
        assert sources(template.notebook) == with_links[1:-1]  # to the neighbours, which lie elsewhere in a class
        assert "SOLUTION" not in template.notebook


def test_what_was_released_goes_before_the_source(own: Path, tmp_path: Path) -> None:
    released = nbformat.read(ROOT / "course" / "00_start_here.ipynb", as_version=4)
    released.cells[0].source = "As given out."
    for name in NAMES[:2]:
        path = tmp_path / "source" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes((own / "source" / name / path.name).read_bytes())
    path = tmp_path / "release" / "00_start_here" / "00_start_here.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(released, path)
    templates = read_course(tmp_path, None).templates
    assert sorted(templates) == NAMES[:2]
    assert templates["00_start_here"].slots[0].source == "As given out."


def test_two_notebooks_for_one_assignment_are_refused(own: Path, tmp_path: Path) -> None:
    for name in ("a.ipynb", "b.ipynb"):
        path = tmp_path / "source" / "00_start_here" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((own / "source" / "00_start_here" / "00_start_here.ipynb").read_bytes())
    with pytest.raises(CourseError, match="several notebooks: keep one for each assignment"):
        read_course(tmp_path, ROOT)


def test_a_source_that_nbgrader_cannot_release_is_named(own: Path, tmp_path: Path) -> None:
    text = (own / "source" / "00_start_here" / "00_start_here.ipynb").read_text()
    path = tmp_path / "source" / "00_start_here" / "00_start_here.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(text.replace("### END SOLUTION", ""))
    with pytest.raises(CourseError, match=r"nbgrader cannot release .*00_start_here\.ipynb: "):
        read_course(tmp_path, ROOT)


def test_nowhere_is_no_course() -> None:
    with pytest.raises(CourseError, match=r"There is no course here: .*--course"):
        read_course(None, None)


def test_an_unknown_assignment_asks_nothing() -> None:
    assert nothing_asked("ps9").graded == ()
