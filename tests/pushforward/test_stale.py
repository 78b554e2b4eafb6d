"""A cell that cannot be read defines nothing: the report says that the version before it was judged."""

import sys
from types import SimpleNamespace

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from pushforward.stale import stale

GOOD = "import torch\n\ndef apply(x):\n    return x"
BROKEN = "import torch\n\ndef apply(x):\n    return (x"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The cells of a notebook, in the order in which they were run."""
    cells: list[str] = []
    history = SimpleNamespace(input_hist_raw=cells)
    shell = SimpleNamespace(history_manager=history, transform_cell=TransformerManager().transform_cell)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    return cells


def test_the_last_cell_that_defines_the_function_counts(run: list[str]) -> None:
    run += [GOOD, BROKEN, "check('toy.apply')"]
    assert stale(["apply"]).startswith(
        "The last cell that defines `apply` has a syntax error ('(' was never closed, line 4)"
    )
    assert stale(["other"]) == ""
    run.append(GOOD)
    assert stale(["other", "apply"]) == ""


def test_a_cell_of_magics_is_no_error(run: list[str]) -> None:
    run.append("%matplotlib inline\n!ls\n" + GOOD)
    assert stale(["apply"]) == ""


def test_outside_a_notebook_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert stale(["apply"]) == ""
