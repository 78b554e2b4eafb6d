"""The model table: every row trains and is measured, in the quick budget; the page says what it must and keeps rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch

from autograder.measuring import models
from autograder.measuring.bench import Wanted, measured
from autograder.measuring.models import DATA, MODELS, Figures, Trained, figures, floor, line, model_table, spread
from pushforward.data import ring, two_moons
from pushforward.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]


WHOLE = dict(DATA)


def _one_lot(law: Callable[..., torch.Tensor]) -> list[torch.Tensor]:
    return [law(300)]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little training, and few points where there are any number."""
    for key, law in (("ring", ring), ("moons", two_moons)):
        lots = partial(_one_lot, law)
        monkeypatch.setitem(DATA, key, replace(WHOLE[key], test=partial(law, 300), fresh=lots, n=300))
    monkeypatch.setenv("PUSHFORWARD_BUDGET", "quick")
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")  # no bars


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_every_row_trains_and_is_measured(model: models.Model) -> None:
    found = figures(ROOT, model, [3])
    assert found.parameters > 0
    assert found.seconds[0] > 0
    trained = model.train(models.reference(ROOT, model.notebook), 3)
    assert found.distances.keys() == {*floor(DATA[model.data]).distances, *trained.more(DATA[model.data].test())}
    assert len(found.nats) == (trained.log_p is not None)
    assert trained.sample(7).shape == (7, *DATA[model.data].test().shape[1:])


def test_the_seed_decides_what_is_trained() -> None:
    names = models.reference(ROOT, MODELS[0].notebook)

    def points(seed: int) -> torch.Tensor:
        names["ring_run"].cache_clear()
        trained = MODELS[0].train(names, seed)
        torch.manual_seed(0)
        return trained.sample(2)

    first = points(3)
    assert torch.equal(points(3), first)
    assert not torch.equal(points(4), first)


@pytest.mark.parametrize("key", DATA)
def test_the_data_themselves_come_out_well(key: str) -> None:
    """Each distance is small for data and grows for data that were spoilt."""
    data, found = WHOLE[key], floor(WHOLE[key])
    lot = data.fresh()[0]
    spoilt = data.measure(lot + 3 * lot.std(), data.test())
    name = next(name for name in found.distances if name in ("sliced W", "FD"))
    assert max(found.distances[name]) < 0.2 * spoilt[name]
    if data.log_p is not None:
        assert found.nats[0] == pytest.approx({"ring": -1.074, "moons": 0.289}[key], abs=0.03)


# --- the page --------------------------------------------------------------------------------------------------


def test_numbers_are_told_with_their_spread() -> None:
    assert spread([]) == "–"
    assert spread([0.1234]) == "0.123"
    assert spread([8, 8, 8]) == "8"
    assert spread([1.0, 2.0, 3.0]) == "2 ± 1"
    assert spread([1000.0, 1400.0]) == "1200 ± 283"
    assert spread([0.00123, 0.00125]) == "0.00124 ± 1.4e-05"


def test_a_row_says_nats_bits_and_whether_they_are_a_bound() -> None:
    found = Figures(1234, [2.0, 2.0], [5.0, 7.0], {"FD": [0.5]})
    told = line("a", "A model", found, 2, True, "nobody", "`again`")
    assert told == "| a | A model | 1,234 | ≤ 2 | ≤ 1.44 | FD 0.5 | 6 ± 1.4 | nobody | `again` |"


def test_a_chosen_row_is_measured_and_the_others_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def trained(names: dict, seed: int) -> Trained:
        return Trained(lambda n: torch.full((n, 2), float(seed)), 10 + seed)

    made = tuple(
        models.Model(name, name.upper(), "10_gans", "moons", trained, "nobody") for name in ("first", "second")
    )
    monkeypatch.setattr(models, "MODELS", made)
    monkeypatch.setattr(models, "reference", lambda root, notebook: {})
    monkeypatch.setenv("PUSHFORWARD_BUDGET", "full")
    model_table(tmp_path, (), 2, tmp_path)
    page = tmp_path / "docs" / "models.md"
    before = page.read_text().replace("| first | FIRST |", "| first | KEPT |")
    page.write_text(before)
    after = model_table(tmp_path, ("second",), 2, tmp_path)
    assert "| first | KEPT |" in after
    assert after.count("| second | SECOND | 11 |") == 1
    assert after == page.read_text()


def test_a_quick_table_leaves_the_page_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "MODELS", ())
    model_table(tmp_path, (), 2, tmp_path / "bench")
    assert not (tmp_path / "docs").exists()
    assert (tmp_path / "bench" / "models.md").is_file()


def test_an_unknown_row_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="gan_ring"):
        next(measured(ROOT, Wanted(parts=("models",), models=("gan_rings",), out=tmp_path / "bench")))


def test_the_page_has_every_row_with_its_command_and_no_path_of_a_machine() -> None:
    page = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    for model in MODELS:
        assert len(re.findall(rf"^\| {model.name} \| .* --models {model.name}` \|$", page, re.MULTILINE)) == 1
    assert "/home/" not in page
    assert str(ROOT) not in page
