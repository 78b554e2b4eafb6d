"""Where tensors live, and how many threads work on them. The one place that decides either."""

from __future__ import annotations

import torch

# The networks here are so small that a second thread costs more in waiting than it brings in work;
# on a busy two-core machine it made training forty times slower.
torch.set_num_threads(1)


def best_device() -> torch.device:
    """The GPU if there is one, else the CPU."""
    return torch.device(devices()[-1])


def devices() -> list[str]:
    """Every device at hand, the CPU first: ["cpu"] or ["cpu", "cuda"]."""
    return ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]
