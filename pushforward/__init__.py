"""The helper package that the notebooks import: plumbing and the student's side of a check, never an answer."""

from pushforward.check import check, hint, restart, total
from pushforward.device import best_device

__all__ = ["best_device", "check", "hint", "restart", "total"]
