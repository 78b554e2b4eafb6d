"""Whether a judge outside this process asks the questions: then `check` and its like do nothing here."""

_elsewhere = False


def judged_elsewhere() -> None:
    """Make `check` do nothing in this process."""
    global _elsewhere
    _elsewhere = True


def is_judged_elsewhere() -> bool:
    return _elsewhere
