# breaks: kl: the divergence of q from N(0, I), in closed form, one per item | mistake: sigma for its square in the divergence
import torch
from torch.distributions import Normal


def elbo_terms(x, mu, sigma, eps, W, b, s):
    z = mu + sigma * eps
    reconstruction = Normal(z @ W.T + b, s).log_prob(x).sum(-1).mean(0)
    kl = 0.5 * torch.sum(sigma + mu**2 - 1 - torch.log(sigma), dim=-1)
    return {"reconstruction": reconstruction, "kl": kl, "elbo": reconstruction - kl}
