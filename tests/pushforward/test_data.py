"""The data sets are what their docstrings say: sizes, levels, splits, moments."""

import gzip
import hashlib
import io
import math
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from pushforward import data
from pushforward.data import bend_to_moons, digits, mnist, pictures, ring, ring_centres, two_moons
from pushforward.diffusion import alpha_bar, cosine_schedule, q_sample
from pushforward.errors import CourseError


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


# --- digits ----------------------------------------------------------------------------------------------------


def test_digits_split_into_contiguous_parts_that_make_up_the_whole() -> None:
    parts = [digits(part) for part in ("train", "valid", "test")]
    assert [len(pictures) for pictures, _ in parts] == [1000, 350, 447]
    from sklearn.datasets import load_digits

    whole = load_digits()
    torch.testing.assert_close(torch.cat([pictures for pictures, _ in parts]), torch.tensor(whole.images).float())
    assert torch.equal(torch.cat([labels for _, labels in parts]), torch.tensor(whole.target))


def test_digits_have_seventeen_levels() -> None:
    pictures, labels = digits()
    assert pictures.shape == (1000, 8, 8)
    assert pictures.dtype == torch.float32
    assert pictures.unique().tolist() == list(range(17))
    assert sorted(labels.unique().tolist()) == list(range(10))


# --- ring ------------------------------------------------------------------------------------------------------


def test_the_ring_has_eight_modes_of_equal_weight_and_of_the_width_that_was_asked_for() -> None:
    x, centres = ring(80_000, 0.07, seeded()), ring_centres()
    away, which = torch.cdist(x, centres).min(1)
    torch.testing.assert_close(torch.bincount(which, minlength=8) / 80_000, torch.full((8,), 1 / 8), atol=0.006, rtol=0)
    assert away.square().mean().sqrt().item() == pytest.approx(0.07 * math.sqrt(2), rel=0.01)
    torch.testing.assert_close(centres.norm(dim=1), torch.ones(8))
    assert torch.pdist(centres).min().item() == pytest.approx(2 * math.sin(math.pi / 8), rel=1e-5)


# --- moons -----------------------------------------------------------------------------------------------------


def test_moons_without_noise_lie_on_two_half_circles() -> None:
    x, y = two_moons(2000, noise=0.0, generator=seeded()).T
    upper = (torch.hypot(x, y) - 1).abs() < 1e-5
    lower = (torch.hypot(x - 1, y - 0.5) - 1).abs() < 1e-5
    assert (upper | lower).all()
    assert (y[upper & ~lower] >= -1e-6).all()
    assert (y[lower & ~upper] <= 0.5 + 1e-6).all()
    assert 0.4 < upper.float().mean() < 0.6  # off by 0.1 with probability 2e-18 for 2000 fair draws


def test_moons_have_the_mean_and_variance_of_their_definition() -> None:
    n, noise = 200_000, 0.1
    x = two_moons(n, noise, seeded())
    # Halves: E cos = 0, E sin = 2/π, E cos² = E sin² = ½; x is cos or 1 − cos, y is sin or ½ − sin.
    mean = torch.tensor([0.5, 0.25])
    variance = torch.tensor([0.75 + noise**2, 0.625 - 1 / math.pi - 0.0625 + noise**2])
    torch.testing.assert_close(x.mean(0), mean, atol=0.01, rtol=0)
    torch.testing.assert_close(x.var(0), variance, atol=0.01, rtol=0)


def test_moons_repeat_with_the_generator() -> None:
    assert torch.equal(two_moons(10, generator=seeded(3)), two_moons(10, generator=seeded(3)))
    assert not torch.equal(two_moons(10, generator=seeded(3)), two_moons(10, generator=seeded(4)))


def test_the_map_by_hand_lands_on_the_moons() -> None:
    z = torch.randn(5000, 2, generator=seeded())
    x, y = bend_to_moons(z, width=0.0).T
    left = z[:, 0] < 0
    torch.testing.assert_close(torch.hypot(x, y)[left], torch.ones(int(left.sum())))
    torch.testing.assert_close(torch.hypot(x - 1, y - 0.5)[~left], torch.ones(int((~left).sum())))
    assert torch.equal(x[left].argsort(), z[left, 0].argsort())  # from left to right, and so the colours of the picture


# --- MNIST -----------------------------------------------------------------------------------------------------

needs_mnist = pytest.mark.skipif(
    "PUSHFORWARD_DATA" not in os.environ, reason="PUSHFORWARD_DATA names no folder with MNIST"
)


@pytest.fixture
def _forgetful() -> None:
    data._verified.cache_clear()


@needs_mnist
@pytest.mark.usefixtures("_forgetful")
def test_mnist_is_read_whole() -> None:
    pictures, labels = mnist()
    assert pictures.shape == (10_000, 28, 28)
    assert pictures.dtype == torch.float32
    assert (pictures.min(), pictures.max()) == (0, 255)
    assert labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


@needs_mnist
@pytest.mark.usefixtures("_forgetful")
def test_a_few_steps_of_training_on_mnist_bring_the_loss_down() -> None:
    """A small network that says x0; at first it knows nothing, and says about 0."""
    x0 = mnist()[0][:256] / 127.5 - 1
    beta = cosine_schedule(100).float()
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(785, 256), torch.nn.ReLU(), torch.nn.Linear(256, 784))
    optimiser = torch.optim.Adam(net.parameters(), 2e-3)
    losses = []
    for _ in range(40):
        t, eps = torch.randint(1, 101, (256,)), torch.randn_like(x0)
        xt = q_sample(x0, t, eps, alpha_bar(beta))
        clean = net(torch.cat([xt.flatten(1), t[:, None] / 100], dim=1)).reshape(x0.shape)
        loss = ((x0 - clean) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.3 * losses[0]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and no folder that PUSHFORWARD_DATA names."""
    monkeypatch.delenv("PUSHFORWARD_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    data._verified.cache_clear()
    return tmp_path / "pushforward" / "mnist"


def answering(packed: bytes | Exception) -> Callable:
    def urlopen(address: str, timeout: float) -> io.BytesIO:
        if isinstance(packed, Exception):
            raise packed
        return io.BytesIO(packed)

    return urlopen


def test_a_file_that_nobody_fetched_is_named_with_its_folder(cache: Path) -> None:
    with pytest.raises(CourseError, match=re.escape(str(cache))):
        mnist()


def test_without_a_connection_the_cache_is_named_and_the_digits_come(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(urllib.request, "urlopen", answering(urllib.error.URLError("no route to host")))
    x, name = pictures(large=True)
    told = capsys.readouterr().out
    assert (name, x.shape) == ("digits", (1000, 8, 8))
    assert str(cache) in told
    assert "no route to host" in told
    assert not cache.exists()


def test_another_file_than_the_right_one_is_not_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urllib.request, "urlopen", answering(gzip.compress(b"something else")))
    with pytest.raises(CourseError, match="another file came"):
        mnist("train", download=True)
    assert not cache.exists()


def test_what_was_fetched_once_is_read_from_the_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A set of two pictures in the real one's format, under its own checksums."""
    files = {
        "train-images-idx3-ubyte.gz": bytes([0, 0, 8, 3, *[0, 0, 0, 2], *[0, 0, 0, 1], *[0, 0, 0, 2], 0, 255, 255, 0]),
        "train-labels-idx1-ubyte.gz": bytes([0, 0, 8, 1, *[0, 0, 0, 2], 7, 3]),
    }
    packed = {name: gzip.compress(raw) for name, raw in files.items()}
    monkeypatch.setitem(data._MNIST, "train", {n: hashlib.sha256(p).hexdigest() for n, p in packed.items()})
    came = lambda address, timeout: io.BytesIO(packed[address.rpartition("/")[2]])  # noqa: E731
    monkeypatch.setattr(urllib.request, "urlopen", came)
    x, name = pictures(large=True)
    assert name == "MNIST"
    assert x.tolist() == [[[-1, 1]], [[1, -1]]]
    monkeypatch.setattr(urllib.request, "urlopen", answering(AssertionError("fetched twice")))
    assert mnist("train", download=True)[1].tolist() == [7, 3]
    assert sorted(path.name for path in cache.iterdir()) == sorted(files)


def test_small_pictures_are_the_digits() -> None:
    x, name = pictures(large=False)
    assert name == "digits"
    assert (x.min(), x.max()) == (-1, 1)
    torch.testing.assert_close(x, digits()[0] / 8 - 1)


@pytest.mark.usefixtures("_forgetful")
def test_a_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSHFORWARD_DATA", str(tmp_path))
    with pytest.raises(CourseError, match=r"no file .*t10k-images"):
        mnist()


@pytest.mark.usefixtures("_forgetful")
def test_another_file_under_that_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(b"something else"))
    monkeypatch.setenv("PUSHFORWARD_DATA", str(tmp_path))
    with pytest.raises(CourseError, match="SHA-256"):
        mnist()
