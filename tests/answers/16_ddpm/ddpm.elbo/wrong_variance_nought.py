# breaks: the reconstruction is the log density of x0 around the first guess, with variance beta_1 | mistake: sigma_q(1) = 0
import torch


def elbo_terms(x0, x0_hat, beta):
    kept, d = (1 - beta).cumprod(0), x0.shape[1]
    before = torch.cat([torch.ones_like(kept[:1]), kept[:-1]])
    variance = beta * (1 - before) / (1 - kept)
    reconstruction = -((x0 - x0_hat[0]) ** 2).sum(1) / (2 * variance[0])
    last, snr = kept[-1], kept / (1 - kept)
    prior = ((last * x0**2).sum(1) + d * (1 - last) - d - d * torch.log(1 - last)) / 2
    consistency = ((snr[:-1] - snr[1:])[:, None] / 2 * ((x0 - x0_hat[1:]) ** 2).sum(2)).sum(0)
    total = {"elbo": reconstruction - prior - consistency}
    return {"reconstruction": reconstruction, "prior": prior, "consistency": consistency, **total}
