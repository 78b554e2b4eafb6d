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
        "mean": ((mu - m) / s) ** 2,
        "trace": (sigma / s) ** 2,
        "log_det": 2 * torch.log(s) - 2 * torch.log(sigma),
    }


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    terms = kl_terms(mu, sigma, prior_mu, prior_sigma)
    total = 0.5 * (terms["mean"] + terms["trace"] - 1 + terms["log_det"])
    return total.sum(-1) if total.dim() > 0 else total
