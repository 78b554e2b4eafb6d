# what changes when one thing is changed, besides values
import torch
from torch.distributions import Normal, kl_divergence


def right(levels, mu, sigma, eps, W, b):
    z = mu + sigma * eps
    table = (torch.einsum("pld,nd->npl", W, z) + b).log_softmax(-1)
    fit = -table.gather(-1, levels[..., None])[..., 0].sum(-1)
    return fit + kl_divergence(Normal(mu, sigma), Normal(0.0, 1.0)).sum(-1)


def question(B, P, d, seed, most=17):
    g = torch.Generator().manual_seed(seed)

    def noise(*shape):
        return torch.randn(*shape, generator=g, dtype=torch.float64)

    levels = torch.randint(most, (B, P), generator=g)
    return levels, noise(B, d), (noise(B, d) / 2).exp(), noise(B, d), noise(P, 17, d), noise(P, 17)


def is_nelbo(implementation):
    levels, mu, sigma, eps, W, b = question(3, 6, 2, 5)
    other = levels.clone()
    other[1, 2] = (other[1, 2] + 5) % 17
    for given in (
        (levels, mu, sigma, eps, W, b),
        (other, mu, sigma, eps, W, b),
        (levels, 2 * mu, sigma / 3, eps, W, b),
    ):
        got, want = implementation(*given), right(*given)
        if got.shape != want.shape or float((got - want).abs().max()) > 1e-4:
            return False
    full = torch.full_like(levels, 16)
    got, want = implementation(full, mu, sigma, eps, W, b), right(full, mu, sigma, eps, W, b)
    return got.shape == want.shape and bool(torch.allclose(got, want))
