"""An entry of the table of contents: one notebook of the course."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A notebook of the course. part: the part that begins with it; plan: its exercises to come."""

    name: str
    title: str
    minutes: int
    part: str = ""
    plan: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The two digits in front of the name."""
        return self.name[:2]
