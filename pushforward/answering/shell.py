"""The interactive shell around this process, where there is one. IPython is asked only if somebody has brought it."""

from __future__ import annotations

import sys
from typing import Any


def shell() -> Any:
    """IPython's shell, None outside of one."""
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()


def in_a_notebook() -> bool:
    """Whether that shell belongs to a kernel."""
    return hasattr(shell(), "kernel")
