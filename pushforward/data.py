"""Data for every notebook: small sets that travel with the course, and MNIST where somebody has put it."""

from __future__ import annotations

import functools
import gzip
import hashlib
import os
from pathlib import Path

import numpy as np
import torch

from pushforward.errors import CourseError

PARTS = {"train": slice(0, 1000), "valid": slice(1000, 1350), "test": slice(1350, 1797)}

_MNIST = {  # file -> its SHA-256
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}


def digits(part: str = "train") -> tuple[torch.Tensor, torch.Tensor]:
    """scikit-learn's handwritten digits: pictures (n, 8, 8), float32 with levels 0, 1, …, 16, and labels (n,).

    part: "train" (the first 1000), "valid" (the next 350) or "test" (the last 447).
    """
    from sklearn.datasets import load_digits  # takes a second to import

    everything = load_digits()
    pictures, labels = everything.images[PARTS[part]], everything.target[PARTS[part]]
    return torch.tensor(pictures, dtype=torch.float32), torch.tensor(labels)


def two_moons(n: int, noise: float = 0.05, generator: torch.Generator | None = None) -> torch.Tensor:
    """(n, 2): points evenly spread over two half circles, blurred by N(0, noise² I).

    The upper one is (cos a, sin a), the lower one (1 − cos a, ½ − sin a), with a ~ U(0, π).
    """
    angle = torch.pi * torch.rand(n, generator=generator)
    lower = torch.rand(n, generator=generator) < 0.5
    upper_moon = torch.stack([angle.cos(), angle.sin()], dim=1)
    lower_moon = torch.stack([1 - angle.cos(), 0.5 - angle.sin()], dim=1)
    return torch.where(lower[:, None], lower_moon, upper_moon) + noise * torch.randn(n, 2, generator=generator)


def ring_centres(modes: int = 8, dtype: torch.dtype | None = None) -> torch.Tensor:
    """(modes, 2): points evenly spread over the unit circle, from (1, 0) on; of torch's default type, or of dtype."""
    angle = 2 * torch.pi * torch.arange(modes, dtype=dtype) / modes
    return torch.stack([angle.cos(), angle.sin()], dim=1)


def ring(n: int, sigma: float = 0.05, generator: torch.Generator | None = None) -> torch.Tensor:
    """(n, 2): a mixture of eight normals N(c_k, sigma² I) of equal weight, their centres on the unit circle."""
    which = torch.randint(8, (n,), generator=generator)
    return ring_centres()[which] + sigma * torch.randn(n, 2, generator=generator)


def bend_to_moons(z: torch.Tensor, width: float = 0.08) -> torch.Tensor:
    """x = f(z): a map made by hand that bends standard normal noise z (N, 2) into two moons.

    The left half of the plane becomes the upper moon, the right half the lower one; z_2 becomes the moon's width.
    """
    share = torch.special.ndtr(z[:, 0])  # uniform on (0, 1)
    right = share > 0.5
    angle = torch.pi * torch.where(right, 2 * share - 1, 1 - 2 * share)
    radius = 1 + width * z[:, 1]
    upper_moon = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)
    lower_moon = torch.stack([1 - radius * angle.cos(), 0.5 - radius * angle.sin()], dim=1)
    return torch.where(right[:, None], lower_moon, upper_moon)


# --- MNIST -----------------------------------------------------------------------------------------------------


def mnist() -> tuple[torch.Tensor, torch.Tensor]:
    """The 10,000 test digits of MNIST: pictures (10000, 28, 28), float32 with levels 0, 1, …, 255, and labels (10000,).

    Read from the folder mnist/ in the folder that the environment variable PUSHFORWARD_DATA names.
    """
    pictures, labels = (_read_idx(file) for file in _MNIST)
    return pictures.float(), labels.long()


def _read_idx(name: str) -> torch.Tensor:
    """An IDX file of bytes: two zeros, the type 8, the number of axes, big-endian sizes, then the bytes."""
    raw = gzip.decompress(_verified(name))
    sizes = np.frombuffer(raw, ">i4", count=raw[3], offset=4)
    return torch.from_numpy(np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(sizes).copy())


@functools.cache
def _verified(name: str) -> bytes:
    folder = os.environ.get("PUSHFORWARD_DATA")
    if not folder:
        raise CourseError("MNIST is optional: set PUSHFORWARD_DATA to a folder with MNIST's gzipped files in mnist/.")
    path = Path(folder) / "mnist" / name
    if not path.is_file():
        raise CourseError(f"There is no file {path}: put MNIST's {name} there, or leave PUSHFORWARD_DATA unset.")
    packed = path.read_bytes()
    if hashlib.sha256(packed).hexdigest() != _MNIST[name]:
        raise CourseError(f"{path} is not the file that it should be (its SHA-256 differs): fetch it again.")
    return packed
