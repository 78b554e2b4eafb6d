"""What the repository must not say, and links in its pages that must lead somewhere."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "course/README.md"),
    *("docs/grading.md", "docs/coverage.md", "docs/models.md"),
)

# A registry's address belongs in the reader's own settings. (Put together here: this file has none either.)
HOSTS = [
    ".".join(name)
    for name in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("download", "pytorch", "org"),
        ("conda", "anaconda", "org"),
        ("registry", "npmjs", "org"),
        ("deb", "debian", "org"),
    )
]
# A folder of one machine: an absolute path into a home or workplace. `x/work/` and `$HOME/work/` are none.
MACHINE_PATH = re.compile(r"(?<![\w.)}\]/~*-])/(?:root|home|Users|work|opt|mnt|srv)/[\w.-]+")


@cache
def texts() -> dict[str, str]:
    """Every text file that is, or could be, committed."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip("this copy is no git checkout, so nobody knows which files belong to it")
    files = (ROOT / name for name in sorted(set(done.stdout.split("\0"))) if name)
    return {str(file.relative_to(ROOT)): read(file) for file in files if file.is_file()}


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def test_no_file_names_a_package_registry() -> None:
    found = [(name, host) for name, text in texts().items() for host in HOSTS if host in text.lower()]
    assert found == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    found = {name: MACHINE_PATH.findall(text) for name, text in texts().items()}
    assert {name: paths for name, paths in found.items() if paths} == {}


def test_the_search_for_machine_paths_finds_them() -> None:
    home, work = "/".join(["", "home", "ada"]), "/".join(["", "work", "main"])
    assert MACHINE_PATH.findall(f"cd {work} && ls '{home}'") == [work, home]
    assert MACHINE_PATH.findall("../work/a $HOME/work/b {root}/work/c course/work/d") == []


def test_no_skeleton_is_left_half_written() -> None:
    """What `python -m autograder new` writes says TODO until somebody has filled it in."""
    rooms = ("solutions/", "autograder/checks/", "tests/answers/")
    lines = [(name, line) for name, text in texts().items() if name.startswith(rooms) for line in text.splitlines()]
    assert [f"{name}: {line.strip()}" for name, line in lines if re.search(r"\bTODO\b", line)] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = read(ROOT / page)
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    local = [link for link in links if not link.startswith(("https://", "#"))]
    folder = (ROOT / page).parent
    assert [link for link in local if not (folder / link.split("#")[0]).exists()] == []
    pointed = [link.split("#") for link in local if "#" in link]
    assert [link for link in pointed if link[1] not in anchors(read(folder / link[0]))] == []
    assert [link for link in links if link.startswith("#") and link[1:] not in anchors(text)] == []


def anchors(text: str) -> set[str]:
    """The headings as GitHub names them in links."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/grading.md"])
def test_pages_name_only_commands_that_exist(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", read(ROOT / page), re.MULTILINE)) <= targets
