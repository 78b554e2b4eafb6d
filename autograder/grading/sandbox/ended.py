"""How a submission's process can end, as whoever talks to it hears of it."""


class Ended(Exception):
    """The submission's process is over. kind: late, ended, frame, memory, output, or sandbox (not its own doing)."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind, self.sentence = kind, sentence
