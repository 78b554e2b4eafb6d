# torch's own divergence of two multivariate normals, in float64
import torch
from torch.distributions import MultivariateNormal, kl_divergence


def prior_gap(x0, alpha_bar_T):
    x = x0.double()
    eye = torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
    q = MultivariateNormal(alpha_bar_T**0.5 * x, (1 - alpha_bar_T) * eye)
    prior = MultivariateNormal(torch.zeros_like(x), eye)
    return {
        "trace": torch.trace((1 - alpha_bar_T) * eye),
        "mean": q.mean.square().sum(-1).to(x0.dtype),
        "log_det": -torch.linalg.slogdet((1 - alpha_bar_T) * eye).logabsdet,
        "kl": kl_divergence(q, prior).to(x0.dtype),
    }
