"""Data for every notebook: small sets that travel with the course, and MNIST where somebody has put it."""

from __future__ import annotations

import functools
import gzip
import hashlib
import os
import urllib.request
from pathlib import Path

import numpy as np
import torch

from pushforward.errors import CourseError

PARTS = {"train": slice(0, 1000), "valid": slice(1000, 1350), "test": slice(1350, 1797)}

_MNIST = {  # part -> its pictures and its labels, each with its SHA-256
    "train": {
        "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    },
    "test": {
        "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    },
}
_FROM = "https://ossci-datasets.s3.amazonaws.com/mnist/"  # a mirror that the maintainers of torchvision keep


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


def mnist(part: str = "test", *, download: bool = False) -> tuple[torch.Tensor, torch.Tensor]:
    """The digits of MNIST: pictures (n, 28, 28), float32 with levels 0, 1, …, 255, and labels (n,).

    part: "train" (60,000) or "test" (10,000). Read from the folder mnist/ in the folder that the environment variable
    PUSHFORWARD_DATA names, else from the cache; download: fetch what is missing into the cache first. Raises
    CourseError, with the folder, for a file that is not there, cannot be fetched or is not the right one.
    """
    pictures, labels = (_read_idx(name, digest, download) for name, digest in _MNIST[part].items())
    return pictures.float(), labels.long()


def pictures(large: bool) -> tuple[torch.Tensor, str]:
    """Training pictures (n, height, width) with values −1 … 1, and their name: MNIST where large, else the digits.

    Where MNIST is wanted and cannot be had, a sentence says why, and the digits come in its place.
    """
    if large:
        try:
            return mnist("train", download=True)[0] / 127.5 - 1, "MNIST"
        except CourseError as missing:
            print(f"The 8×8 digits take MNIST's place. {missing}")
    return digits("train")[0] / 8 - 1, "digits"


def mnist_folder() -> Path:
    """Where the files of MNIST are looked for: PUSHFORWARD_DATA, if it is set, else the user's cache."""
    if named := os.environ.get("PUSHFORWARD_DATA"):
        return Path(named) / "mnist"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pushforward" / "mnist"


def _read_idx(name: str, digest: str, download: bool) -> torch.Tensor:
    """An IDX file of bytes: two zeros, the type 8, the number of axes, big-endian sizes, then the bytes."""
    path = mnist_folder() / name
    if download and not path.is_file() and not os.environ.get("PUSHFORWARD_DATA"):
        _fetch(path, digest)
    raw = gzip.decompress(_verified(path, digest))
    sizes = np.frombuffer(raw, ">i4", count=raw[3], offset=4)
    return torch.from_numpy(np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(sizes).copy())


@functools.cache
def _verified(path: Path, digest: str) -> bytes:
    if not path.is_file():
        raise CourseError(f"There is no file {path}: put MNIST's {path.name} there, or let it be downloaded.")
    packed = path.read_bytes()
    if hashlib.sha256(packed).hexdigest() != digest:
        raise CourseError(f"{path} is not the file that it should be (its SHA-256 differs): fetch it again.")
    return packed


def _fetch(path: Path, digest: str) -> None:
    """Download into the cache; a file appears under its name only when it is whole and the right one."""
    try:
        with urllib.request.urlopen(_FROM + path.name, timeout=20) as answer:
            packed = answer.read()
        if hashlib.sha256(packed).hexdigest() != digest:
            raise OSError("another file came")
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(packed)
        part.replace(path)
    except OSError as error:
        raise CourseError(f"MNIST's {path.name} could not be fetched ({error}): put it into {path.parent}.") from None
