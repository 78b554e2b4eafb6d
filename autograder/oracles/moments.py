"""Oracle for expectations of polynomials under independent normals: exact rational arithmetic, no quadrature."""

from __future__ import annotations

from fractions import Fraction

import numpy as np


class Polynomial:
    """A polynomial in D variables as {(k_1, …, k_D): coefficient}, with exact coefficients."""

    def __init__(self, terms: dict[tuple[int, ...], Fraction]) -> None:
        self.terms = {powers: c for powers, c in terms.items() if c}

    @classmethod
    def of(cls, coefficients: np.ndarray, cross: float) -> Polynomial:
        """Σ_d Σ_k c_kd z_d^k + cross ∏_d z_d, as pushforward.answering.polynomials has it."""
        degrees, D = coefficients.shape
        terms = {(1,) * D: Fraction(float(cross))}
        for k in range(degrees):
            for d in range(D):
                powers = tuple(k if i == d else 0 for i in range(D))
                terms[powers] = terms.get(powers, Fraction(0)) + Fraction(float(coefficients[k, d]))
        return cls(terms)

    @classmethod
    def score_in_mu(cls, d: int, mu: np.ndarray, sigma: np.ndarray) -> Polynomial:
        """(z_d − mu_d) / sigma_d² as a polynomial in z."""
        precision = 1 / Fraction(float(sigma[d])) ** 2
        nothing = (0,) * len(mu)
        return cls({(*nothing[:d], 1, *nothing[d + 1 :]): precision, nothing: -Fraction(float(mu[d])) * precision})

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """Values at z (…, D), in float64."""
        monomials = (float(c) * np.prod(z ** np.array(p), axis=-1) for p, c in self.terms.items())
        return sum(monomials, np.zeros(z.shape[:-1]))

    def __mul__(self, other: Polynomial) -> Polynomial:
        product: dict[tuple[int, ...], Fraction] = {}
        for p, a in self.terms.items():
            for q, b in other.terms.items():
                powers = tuple(i + j for i, j in zip(p, q, strict=True))
                product[powers] = product.get(powers, Fraction(0)) + a * b
        return Polynomial(product)

    def __sub__(self, constant: Fraction) -> Polynomial:
        nothing = (0,) * len(next(iter(self.terms), ()))
        return Polynomial({**self.terms, nothing: self.terms.get(nothing, Fraction(0)) - constant})

    def derivative(self, d: int) -> Polynomial:
        """The partial derivative by z_d."""
        lowered = {(*p[:d], p[d] - 1, *p[d + 1 :]): p[d] * c for p, c in self.terms.items() if p[d]}
        return Polynomial(lowered)

    def mean(self, mu: np.ndarray, sigma: np.ndarray) -> Fraction:
        """E f(z) for independent z_d ~ N(mu_d, sigma_d²)."""
        highest = max((max(p) for p in self.terms), default=0)
        moments = [_moments(m, s, highest) for m, s in zip(mu, sigma, strict=True)]
        return sum((c * _product(moments, p) for p, c in self.terms.items()), Fraction(0))

    def variance(self, mu: np.ndarray, sigma: np.ndarray) -> float:
        """Var f(z) under the same normals."""
        return float((self * self).mean(mu, sigma) - self.mean(mu, sigma) ** 2)

    def gradient_of_mean(self, mu: np.ndarray, sigma: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """∂ E f / ∂ mu and ∂ E f / ∂ sigma, both (D,): E ∂_d f, and sigma_d E ∂_d² f by the heat equation."""
        first = [self.derivative(d) for d in range(len(mu))]
        by_mu = [float(f.mean(mu, sigma)) for f in first]
        second = [float(f.derivative(d).mean(mu, sigma)) for d, f in enumerate(first)]
        return np.array(by_mu), sigma * np.array(second)


def _moments(mu: float, sigma: float, highest: int) -> list[Fraction]:
    """E z^k, k = 0 … highest, by m_k = mu m_{k−1} + (k − 1) sigma² m_{k−2}."""
    m, v = Fraction(float(mu)), Fraction(float(sigma)) ** 2
    found = [Fraction(1), m]
    for k in range(2, highest + 1):
        found.append(m * found[-1] + (k - 1) * v * found[-2])
    return found


def _product(moments: list[list[Fraction]], powers: tuple[int, ...]) -> Fraction:
    result = Fraction(1)
    for row, k in zip(moments, powers, strict=True):
        result *= row[k]
    return result
