# breaks: the divergence is the mean of log q − log p over q, in nats | mistake: summed over the elements
import torch


def _tensors(mu, sigma, prior_mu, prior_sigma):
    kind = (
        mu.dtype
        if torch.is_tensor(mu)
        else next((p.dtype for p in (sigma, prior_mu, prior_sigma) if torch.is_tensor(p)), torch.float64)
    )
    return [torch.as_tensor(p).to(kind) for p in (mu, sigma, prior_mu, prior_sigma)]


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    mu, sigma, m, s = _tensors(mu, sigma, prior_mu, prior_sigma)
    return {
        "mean": 0.5 * ((mu - m) / s) ** 2,
        "variance": 0.5 * ((sigma / s) ** 2 - 1),
        "log": torch.log(s) - torch.log(sigma),
    }


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    terms = kl_terms(mu, sigma, prior_mu, prior_sigma)
    total = terms["mean"] + terms["variance"] + terms["log"]
    return total.sum(-1) if total.dim() > 0 else total
