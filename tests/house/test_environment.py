"""One place for dependencies: pyproject.toml. The other files only point to it, or pin what was tested."""

import os
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from itertools import chain
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
DEPENDENCIES = [Requirement(line) for line in [*PROJECT["dependencies"], *chain(*EXTRAS.values())]]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text())
CONSTRAINTS = [
    Requirement(line)
    for line in (ROOT / "constraints.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


def pip_section() -> list[str]:
    return next(entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict))


def test_conda_installs_python_and_pip_and_nothing_else() -> None:
    packages = [Requirement(entry) for entry in ENVIRONMENT["dependencies"] if isinstance(entry, str)]
    assert [package.name for package in packages] == ["python", "pip"]
    assert str(packages[0].specifier) == PROJECT["requires-python"]
    assert set(ENVIRONMENT) == {"name", "channels", "dependencies"}


def test_pip_installs_this_project_with_extras_and_nothing_else() -> None:
    (line,) = pip_section()
    option, target = line.split()
    extras = target.removeprefix(".[").removesuffix("]").split(",")
    assert option == "-e"
    assert target.startswith(".[")
    assert set(extras) <= set(EXTRAS)


@pytest.mark.parametrize("requirement", DEPENDENCIES, ids=str)
def test_dependencies_have_lower_bounds_only(requirement: Requirement) -> None:
    operators = {clause.operator for clause in requirement.specifier}
    assert operators == ({">="} if requirement.name != PROJECT["name"] else set())


def test_constraints_pin_versions_that_fit_every_system() -> None:
    for pin in CONSTRAINTS:
        (clause,) = pin.specifier
        assert clause.operator == "==", pin
        assert "+" not in clause.version, f"{pin}: a local version exists on some machines only"
        assert pin.marker is None, pin
    names = [canonicalize_name(pin.name) for pin in CONSTRAINTS]
    assert names == sorted(set(names))


def test_constraints_pin_every_direct_dependency_within_its_bounds() -> None:
    pinned = {canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in CONSTRAINTS}
    for requirement in DEPENDENCIES:
        if requirement.name != PROJECT["name"]:
            assert pinned[canonicalize_name(requirement.name)] in requirement.specifier, requirement


def test_constraints_fit_the_oldest_python_that_is_allowed() -> None:
    oldest = f"{PROJECT['requires-python'].removeprefix('>=')}.0"
    for pin in CONSTRAINTS:
        for found in metadata.distributions(name=pin.name):
            wanted = SpecifierSet(found.metadata.get("Requires-Python", ""))
            assert found.version not in pin.specifier or oldest in wanted, f"{pin} needs Python {wanted}"


def test_colab_installs_the_version_that_stands_here() -> None:
    contents = yaml.safe_load((ROOT / "solutions" / "_toc.yml").read_text())
    assert contents["tag"] == f"v{PROJECT['version']}"


@pytest.mark.slow
def test_environment_yml_installs_to_the_letter_into_an_empty_environment(tmp_path: Path) -> None:
    left_out = shutil.ignore_patterns(".*", "work", "*.egg-info")
    copy = shutil.copytree(ROOT, tmp_path / "checkout", ignore=left_out)
    python = conda_environment(copy) if shutil.which("conda") else plain_environment(copy)
    program = "import autograder, jupyterlab, nbgrader, pushforward; print(pushforward.__file__)"
    done = subprocess.run([python, "-c", program], cwd=tmp_path, env=clean(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(copy)


def conda_environment(checkout: Path) -> Path:
    """What the README says to conda users."""
    prefix = checkout.parent / "environment"
    command = ["conda", "env", "create", "--yes", "--file", "environment.yml", "--prefix", prefix]
    subprocess.run(command, cwd=checkout, env=clean(PIP_CONSTRAINT="constraints.txt"), check=True)
    return prefix / "bin" / "python"


def plain_environment(checkout: Path) -> Path:
    """The same without conda, which hands the pip section to pip as a requirements file, beside its own."""
    folder = checkout.parent / "environment"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    requirements = checkout / "requirements-of-environment.txt"
    requirements.write_text("\n".join(pip_section()))
    python = folder / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--requirement", requirements.name]
    subprocess.run(install, cwd=checkout, env=clean(PIP_CONSTRAINT="constraints.txt"), check=True)
    return python


def clean(**more: str) -> dict[str, str]:
    """This process's environment without what would let the new one see this checkout."""
    hidden = {"PYTHONPATH", "VIRTUAL_ENV", "PYTHONHOME"}
    return {key: value for key, value in os.environ.items() if key not in hidden} | more
