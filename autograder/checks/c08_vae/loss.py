"""vae.loss: −ELBO = reconstruction + beta KL(q ‖ N(0, I)) from one draw of q, with a decoder whose weights are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c08_vae.shared import drawn, levels_of, net, net_of, pixels_of
from autograder.judging.compare import arithmetic, close, exact, has_shape, show
from autograder.judging.domain import Domain, Like, Made, Number, Reals, Tensor, Wholes
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, grad, pays, wrong

LOG_P = Made(
    lambda place: net_of("level_log_p", place),
    (lambda place: net_of("level_log_p", place), lambda place: net_of("level_log_p", place, steep=30.0)),
    says=("takes z (B, d) and levels (B, P)", "gives the log probability of each pixel's level, (B, P)"),
)


def _kl(mu: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    return 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log())


def _slip(
    draw: Callable = lambda mu, sigma, eps: mu + sigma * eps,
    pixels: Callable = lambda log_p: log_p.sum(1),
    kl: Callable = lambda mu, sigma: _kl(mu, sigma).sum(1),
    put: Callable = lambda fit, kl, beta: fit + beta * kl,
) -> Callable:
    """The answer with a slip in one of its four places."""
    return lambda levels, mu, sigma, eps, log_p, beta: put(
        -pixels(log_p(draw(mu, sigma, eps), levels)), kl(mu, sigma), beta
    )


@exercise("vae.loss", ("nelbo",))
class Loss(Exercise):
    """nelbo = −Σ_i log p(level_i | z) + beta KL(N(mu, diag sigma²) ‖ N(0, I)), z = mu + sigma eps."""

    shape = gate("there is one number for each picture")
    fit = pays("with beta 0 what is left is minus the log probability of all pixels together, at the draw z", 0.75)
    price = pays("with a decoder that looks away, what the latents cost is beta times KL(q ‖ N(0, I)), whole", 1.0)
    both = pays("the two parts add up, picture by picture", 0.75)
    slopes = pays("the gradients of mu and sigma come by way of the draw and of the divergence", 2.5)

    hints = (
        "Three lines: a draw from q, the log probability of the picture, and the divergence of two normals (notebook 06).",
        "What is summed, and what is not? Pixels are independent given z, latents are independent; pictures stay apart.",
        "KL = ½ Σ_j (sigma_j² + mu_j² − 1 − log sigma_j²). A loss is minimised: the ELBO with its sign turned.",
    )

    domain = {
        "nelbo": Domain(
            {
                "levels": Tensor("B, P", Wholes(0, 16)),
                "mu": Tensor("B, d", Reals(reach=(1e-3, 30))),
                "sigma": Tensor("B, d", Reals(0, reach=(1e-3, 30))),
                "eps": Tensor("B, d", Reals(reach=(1e-3, 5))),
                "log_p": LOG_P,
                "beta": Number(Reals(0, ends="[)", reach=(1e-3, 30), also=(1.0,))),
            },
            sizes={"B": (1, 4), "P": (1, 5), "d": (1, 4)},
            returns=Like("mu"),
            most=24,
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            sizes, betas = ((1, 1, 1), (2, 1, 1), (3, 4, 2), (2, 3, 5), (2, 2, 1)), (1.0, 2.0, 0.5, 1.0, 4.0)
            for (B, P, d), beta in zip(sizes, betas, strict=True):
                pixels = drawn(rng, P, d)
                mu, eps = normal(rng, (B, d), dtype, device), normal(rng, (B, d), dtype, device)
                sigma, levels = floats(np.exp(rng.normal(size=(B, d)) / 2), dtype, device), levels_of(rng, B, P, device)
                away = type(pixels)(0 * pixels.W, pixels.b)
                for kind, shown, how in ((self.fit, pixels, 0.0), (self.price, away, beta), (self.both, pixels, beta)):
                    log_p = net("level_log_p", shown, dtype, device)
                    yield self._case(kind, levels, mu, sigma, eps, log_p, how)
                yield self._slopes(rng, levels, mu, sigma, eps, net("level_log_p", pixels, dtype, device), beta)
            far = 0 * mu + 28.0  # a loss above a thousand
            yield self._case(self.price, levels, far, sigma, eps, net("level_log_p", away, dtype, device), beta)
            yield self._slopes(rng, levels, mu, sigma, eps, net("level_log_p", pixels, dtype, device), 0.0)

    def case_of(self, name: str, given: dict[str, Any]) -> Iterator[Case]:
        yield self._case(self.both, *given.values())
        yield self._slopes(np.random.default_rng(len(given["mu"])), *given.values())

    def _case(self, law: Any, *given: Any) -> Case:
        return case(call("nelbo", *given), about=(self.shape, law), given=given, cotangent=None)

    def _slopes(self, rng: np.random.Generator, *given: Any) -> Case:
        mu = given[1]
        cotangent = floats(rng.uniform(0.5, 2, size=len(mu)), mu.dtype, str(mu.device))
        named = dict(zip(("levels", "mu", "sigma", "eps", "log_p", "beta"), given, strict=True))
        asked = grad("nelbo", ("mu", "sigma"), cotangent, **named)
        return case(asked, about=(self.shape, self.slopes), given=given, cotangent=cotangent)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        levels, mu, sigma, eps, log_p, beta = case.given
        value = answer["value"] if case.cotangent is not None else answer
        shape = has_shape(value, (len(mu),), like=mu)
        yield self.shape(*shape)
        if not shape.ok:
            return
        m, s, e = exact(mu), exact(sigma), exact(eps)
        z = m + s * e
        if case.cotangent is not None:
            yield self._judge_slopes(case, answer, levels.cpu().numpy(), m, s, e)
            return
        pixels = pixels_of(log_p)
        want = -pixels.log_p(z, levels.cpu().numpy()).sum(1) + beta * 0.5 * (m**2 + (s**2 - 1 - np.log(s**2))).sum(1)
        size = pixels.rough(abs(m) + abs(s * e)) + beta * (m**2 + s**2 + 1 + abs(np.log(s))).sum(1)
        yield case.about[-1](*close(value, want, mu.dtype, size))

    def _judge_slopes(self, case: Case, answer: Any, levels: np.ndarray, m: Any, s: Any, e: Any) -> Finding:
        _, mu, _, _, log_p, beta = case.given
        pixels: Any = pixels_of(log_p)
        z, turn = m + s * e, exact(case.cotangent)[:, None]
        fit = -pixels.slope(z, levels)
        steep = (abs(pixels.W).max((0, 1)) * len(pixels.W)) * (1 + pixels.rough(abs(m) + abs(s * e)))[:, None]
        for name, want, size in (
            ("mu", fit + beta * m, steep + beta * abs(m)),
            ("sigma", fit * e + beta * (s - 1 / s), steep * abs(e) + beta * (s + 1 / s)),
        ):
            got = answer["gradients"][name]
            if got is None:
                return self.slopes(False, f"{show(turn * want)} for {name}", "no gradient arrives")
            verdict = close(got, turn * want, mu.dtype, turn * size)
            if not verdict.ok:
                return self.slopes(False, f"{verdict.expected} for {name}", verdict.got)
        return self.slopes(True)

    mistakes = (
        wrong(
            "the divergence averaged over the latents",
            _slip(kl=lambda mu, sigma: _kl(mu, sigma).mean(1)),
            "The divergence is a sum over the latents. Its mean adds nats per latent to nats, and lets the code cost a fraction of its price.",
        ),
        wrong(
            "the pixels averaged",
            _slip(pixels=lambda log_p: log_p.mean(1)),
            "The log probabilities of the pixels are averaged. A picture's is their sum: with the mean the divergence weighs as many times too much as there are pixels, and the latents collapse.",
        ),
        wrong(
            "the divergence subtracted",
            _slip(put=lambda fit, kl, beta: fit - beta * kl),
            "In a loss the divergence is added. Subtracted, it is rewarded, and the loss has no lower end.",
        ),
        wrong(
            "the ELBO itself",
            _slip(put=lambda fit, kl, beta: -fit - beta * kl),
            "This is the ELBO. What is minimised is minus the ELBO: turn the sign of both parts.",
        ),
        wrong(
            "the mean decoded",
            _slip(draw=lambda mu, sigma, eps: mu),
            "The decoder is shown mu. The bound asks for a draw, mu + sigma eps: without it sigma has no reason to be small, and the number is no bound.",
            also=(_slip(draw=lambda mu, sigma, eps: mu + 0 * eps),),
        ),
        wrong(
            "one noise for the batch",
            _slip(draw=lambda mu, sigma, eps: mu + sigma * eps[:1]),
            "All pictures take the first one's noise. Each has a draw of its own, or the errors of the batch no longer average out.",
        ),
        wrong(
            "sigma taken for a variance",
            _slip(draw=lambda mu, sigma, eps: mu + sigma.sqrt() * eps),
            "sigma is a standard deviation already: z = mu + sigma eps, without a root.",
            also=(
                _slip(draw=lambda mu, sigma, eps: mu + (0.5 * sigma).exp() * eps),
                _slip(kl=lambda mu, sigma: 0.5 * (sigma + mu**2 - 1 - sigma.log()).sum(1)),
            ),
        ),
        wrong(
            "½ of the logarithm",
            _slip(kl=lambda mu, sigma: 0.5 * (sigma**2 + mu**2 - 1 - sigma.log()).sum(1)),
            "In the divergence stands log sigma², which is 2 log sigma.",
            also=(
                _slip(kl=lambda mu, sigma: (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(1)),
            ),
        ),
        wrong(
            "the other direction",
            _slip(kl=lambda mu, sigma: 0.5 * ((1 + mu**2) / sigma**2 - 1 + 2 * sigma.log()).sum(1)),
            "This is KL(N(0, I) ‖ q). In the bound the expectation runs over q: KL(q ‖ N(0, I)).",
        ),
        wrong(
            "beta before the reconstruction",
            _slip(put=lambda fit, kl, beta: beta * fit + kl),
            "beta stands before the divergence, and the reconstruction has weight 1.",
            also=(_slip(put=lambda fit, kl, beta: beta * (fit + kl)),),
        ),
        wrong(
            "beta left out",
            _slip(put=lambda fit, kl, beta: fit + kl),
            "The divergence has weight 1 here. Its weight is beta, whatever that is; 0 is a weight as well.",
            also=(_slip(put=lambda fit, kl, beta: fit + (beta or 1.0) * kl),),
        ),
        wrong(
            "one number for the batch",
            lambda levels, mu, sigma, eps, log_p, beta: _slip()(levels, mu, sigma, eps, log_p, beta).mean(),
            "The pictures were averaged. One number for each is asked for; whoever trains takes the mean afterwards.",
            also=(
                lambda levels, mu, sigma, eps, log_p, beta: _slip()(levels, mu, sigma, eps, log_p, beta).sum(),
                _slip(pixels=lambda log_p: log_p.sum(), kl=lambda mu, sigma: _kl(mu, sigma).sum()),
            ),
        ),
        wrong(
            "the draw cut off",
            _slip(draw=lambda mu, sigma, eps: (mu + sigma * eps).detach()),
            "No gradient comes through z: the encoder would learn from the divergence alone, and collapse to the prior.",
        ),
    )  # fmt: skip
