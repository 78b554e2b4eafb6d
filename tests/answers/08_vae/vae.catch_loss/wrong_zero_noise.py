# breaks: an implementation that does not draw from q, for each picture by itself, is caught | mistake: no noise
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
    for seed in range(3):
        levels, mu, sigma, eps, W, b = question(3, 5, 2, seed)
        given = levels, mu, sigma, 0 * eps, W, b
        got, want = implementation(*given), right(*given)
        if got.shape != want.shape or not torch.allclose(got, want):
            return False
    return True
