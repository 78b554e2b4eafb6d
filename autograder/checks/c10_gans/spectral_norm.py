"""gan.spectral_norm: the largest stretch of a matrix by power iteration, and that of a convolution."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, exact, has_shape, is_number, kind_of, number
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor, Wholes
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong


def _matrix(rng: np.random.Generator, m: int, n: int) -> np.ndarray:
    """Singular values between 0.5 and 3: nothing that an iteration divides by comes near 0."""
    k = min(m, n)
    left, right = (np.linalg.qr(rng.normal(size=(size, size)))[0][:, :k] for size in (m, n))
    return left @ np.diag(rng.uniform(0.5, 3, size=k)) @ right.T


def _weight(place: Place) -> torch.Tensor:
    return place.tensor(_matrix(place.rng, place.sizes["m"], place.sizes["n"]))


def _start(rng: np.random.Generator, W: np.ndarray) -> np.ndarray:
    """A unit vector in the column space of W, so that Wᵀu is no 0."""
    u = W @ rng.normal(size=W.shape[1])
    return u / np.linalg.norm(u)


def _unit(place: Place) -> torch.Tensor:
    return place.tensor(_start(place.rng, exact(place.given["W"])))


def iterated(W: np.ndarray, u: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray, float]:
    """u, v and sigma after so many steps, by the powers of the singular values."""
    left, s, right = np.linalg.svd(W, full_matrices=False)
    share, top = left.T @ u, s / s.max()
    v = right.T @ (share * top ** (2 * steps - 1))
    new = left @ (share * top ** (2 * steps))
    v, new = v / np.linalg.norm(v), new / np.linalg.norm(new)
    return new, v, float(new @ W @ v)


def circulant(kernel: np.ndarray, n: int) -> np.ndarray:
    """The matrix of y_i = Σ_j kernel_j x_(i + j mod n)."""
    matrix = np.zeros((n, n))
    for i in range(n):
        for j, k in enumerate(kernel):
            matrix[i, (i + j) % n] += k
    return matrix


@exercise("gan.spectral_norm", ("power_iteration", "convolution_norm"))
class SpectralNorm(Exercise):
    """v = Wᵀu/‖Wᵀu‖, u = Wv/‖Wv‖, sigma = uᵀWv; and the largest |Σ_j kernel_j e^(2πi jk/n)| of a circular convolution."""

    three = gate("power_iteration returns u, v and a number sigma")
    vectors = pays("each step carries u back through Wᵀ and forth through W, at length 1", 0.5)
    sigma = pays("sigma is uᵀWv of the last u and v, on its way to the largest singular value", 1.0)
    single = gate("convolution_norm returns one number")
    operator = pays("the norm of a convolution is that of the operator, the largest stretch of any signal")

    hints = (
        "W stretches u's best partner v most. From u, which v is that? And from v, which u?",
        "A circular convolution maps a wave to a multiple of itself: by how much does it stretch the wave of frequency k?",
        "For the kernel (1, 1) the constant signal is doubled. The length of the kernel, √2, is not the answer.",
    )

    domain = {
        "power_iteration": Domain(
            {
                "W": Made(_weight, (_weight,), says=("(m, n)",)),
                "u": Made(_unit, (_unit,), says=("(m,)", "of length 1", "with Wᵀu ≠ 0")),
                "steps": Number(Wholes(1, reach=60)),
            },
            sizes={"m": (1, 5, 20), "n": (1, 5, 20)},
            returns=(Like("W"), Like("W"), None),
        ),
        "convolution_norm": Domain(
            {"kernel": Tensor("K", Reals(reach=(1e-3, 100))), "n": Number(Wholes(7, reach=60))},
            sizes={"K": (1, 7)},
            returns=Like("kernel"),
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        readable = {"W": torch.tensor([[3.0, 0.0], [4.0, 5.0]]), "u": torch.tensor([1.0, 0.0]), "steps": 1}
        yield self.case_of("power_iteration", readable)
        yield self.case_of("convolution_norm", {"kernel": torch.tensor([1.0, 1.0]), "n": 8})
        yield self.case_of("convolution_norm", {"kernel": torch.tensor([1e-4, 0.0, -1e-4]), "n": 9})
        for dtype, device in arithmetic():
            for m, n in ((3, 2), (2, 4), (5, 5)):
                W = _matrix(rng, m, n)
                u = _start(rng, W)
                for steps in (1, 3):
                    given = {"W": floats(W, dtype, device), "u": floats(u, dtype, device), "steps": steps}
                    yield self.case_of("power_iteration", given)
            for k, n in ((3, 8), (5, 9), (7, 7)):
                yield self.case_of("convolution_norm", {"kernel": normal(rng, (k,), dtype, device), "n": n})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        about = (self.three, self.vectors, self.sigma) if name == "power_iteration" else (self.single, self.operator)
        return case(call(name, *given.values()), about=about, name=name, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.name == "convolution_norm":
            yield self.single(*is_number(answer))
            if number(answer) is not None:
                kernel = exact(case.kernel)
                want = np.linalg.norm(circulant(kernel, case.n), 2)
                yield self.operator(*close(number(answer), want, case.kernel.dtype, float(np.abs(kernel).sum())))
            return
        W, dtype = exact(case.W), case.W.dtype
        parts = answer if isinstance(answer, (list, tuple)) and len(answer) == 3 else ()
        sound = len(parts) == 3 and number(parts[2]) is not None
        sound = sound and all(has_shape(part, (size,), case.W).ok for part, size in zip(parts, W.shape, strict=False))
        yield self.three(sound, f"(u, v, sigma): ({W.shape[0]},), ({W.shape[1]},) and a number", kind_of(answer))
        if not sound:
            return
        u, v, sigma = iterated(W, exact(case.u), case.steps)
        # a step may enlarge an error by the ratio of the singular values, and no more than that once it has settled
        room = 10.0 * case.steps
        yield self.vectors(*close(parts[0], u, dtype, room))
        yield self.vectors(*close(parts[1], v, dtype, room))
        yield self.sigma(*close(number(parts[2]), sigma, dtype, room * float(np.abs(W).max())))

    mistakes = (
        wrong(
            "Frobenius norm",
            {"power_iteration": lambda W, u, steps: (*_iterated(W, u, steps)[:2], W.norm())},
            "sigma is the root of the sum of all squared entries, the Frobenius norm. The spectral norm is the largest "
            "stretch in a single direction: uᵀWv.",
        ),
        wrong(
            "one step whatever is asked",
            {"power_iteration": lambda W, u, steps: _iterated(W, u, 1)},
            "Only one step was made. `steps` says how many.",
            also=({"power_iteration": lambda W, u, steps: _iterated(W, u, steps + 1)},),
        ),
        wrong(
            "not brought to length 1",
            {"power_iteration": lambda W, u, steps: _iterated(W, u, steps, unit=lambda a: a)},
            "The vectors were not brought to length 1: they grow with each step, and sigma with them.",
        ),
        wrong(
            "sigma of the squares",
            {"power_iteration": lambda W, u, steps: (*_iterated(W, u, steps)[:2], _iterated(W, u, steps)[2] ** 2)},
            "This is an eigenvalue of WWᵀ, the square of the singular value.",
        ),
        wrong(
            "the finished singular vectors",
            {"power_iteration": lambda W, u, steps: _svd(W)},
            "These are the singular vectors themselves. The state after the given number of steps is asked for.",
            also=({"power_iteration": lambda W, u, steps: _svd(W, towards=u)},),
        ),
        wrong(
            "v by the new u",
            {"power_iteration": lambda W, u, steps: _late(W, u, steps)},
            "v was computed once more after the last u. A step ends with u.",
        ),
        wrong(
            "the norm of the kernel",
            {"convolution_norm": lambda kernel, n: kernel.norm()},
            "This is the length of the reshaped kernel. The operator applies it at every place: waves of some frequency "
            "are stretched more.",
        ),
        wrong(
            "the largest weight",
            {"convolution_norm": lambda kernel, n: kernel.abs().max()},
            "This is the largest weight. Neighbours add up: a signal with fitting signs is stretched by more.",
        ),
        wrong(
            "the sum of the weights",
            {"convolution_norm": lambda kernel, n: kernel.abs().sum()},
            "Σ|k_j| is only an upper bound; with mixed signs no wave fits all the weights at once.",
            also=({"convolution_norm": lambda kernel, n: kernel.sum().abs()},),
        ),
        wrong(
            "frequencies of the kernel's own length",
            {"convolution_norm": lambda kernel, n: torch.fft.fft(kernel).abs().max()},
            "The waves have the length n of the signal, not that of the kernel: pad the kernel with zeros.",
        ),
    )


def _unit_length(a: torch.Tensor) -> torch.Tensor:
    return a / a.norm()


def _iterated(W: torch.Tensor, u: torch.Tensor, steps: int, unit: Any = _unit_length) -> tuple[torch.Tensor, ...]:
    for _ in range(steps):
        v = unit(W.T @ u)
        u = unit(W @ v)
    return u, v, u @ W @ v


def _late(W: torch.Tensor, u: torch.Tensor, steps: int) -> tuple[torch.Tensor, ...]:
    u = _iterated(W, u, steps)[0]
    v = _unit_length(W.T @ u)
    return u, v, u @ W @ v


def _svd(W: torch.Tensor, towards: torch.Tensor | None = None) -> tuple[torch.Tensor, ...]:
    left, s, right = torch.linalg.svd(W)
    sign = 1 if towards is None or left[:, 0] @ towards >= 0 else -1
    return sign * left[:, 0], sign * right[0], s[0]
