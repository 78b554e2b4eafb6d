"""How a submission's process can end, as whoever talks to it hears of it."""


class Ended(Exception):
    """The submission's process is over.

    kind: late, ended, frame, memory, output, judge (interrupted over its answer), or sandbox (not its own doing).
    by_clock: whether that depended on time by the clock, which a busy machine stretches.
    """

    def __init__(self, kind: str, sentence: str, by_clock: bool = False) -> None:
        super().__init__(sentence)
        self.kind, self.sentence, self.by_clock = kind, sentence, by_clock
