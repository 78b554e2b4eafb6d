"""Which shell is around us, if any."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from pushforward.answering.shell import in_a_notebook, shell


@pytest.mark.parametrize(
    ("found", "notebook"), [(None, False), (SimpleNamespace(), False), (SimpleNamespace(kernel=None), True)]
)
def test_a_shell_with_a_kernel_is_a_notebook(found: Any, notebook: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: found))
    assert shell() is found
    assert in_a_notebook() is notebook


def test_ipython_is_not_brought_in_for_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert shell() is None
    assert not in_a_notebook()
    assert "IPython" not in sys.modules
