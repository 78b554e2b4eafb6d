# one element at a time, with log-variances
import torch


def together(*values):
    device = next((v.device for v in values if isinstance(v, torch.Tensor)), "cpu")
    return torch.broadcast_tensors(*(torch.as_tensor(v, device=device) for v in values))


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    m, s, M, S = together(mu, sigma, prior_mu, prior_sigma)
    log_ratio = 2 * torch.log(s) - 2 * torch.log(S)
    return {"mean": ((m - M) / S) ** 2, "trace": log_ratio.exp(), "log_det": -log_ratio}


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    arguments = together(mu, sigma, prior_mu, prior_sigma)
    rows = zip(*(v.reshape(-1) for v in arguments), strict=True)
    entries = [torch.stack(list(kl_terms(*row).values())).sum() for row in rows]
    return (torch.stack(entries).reshape(arguments[0].shape) - 1) / 2
