# breaks: the reconstruction is the log density of x0 around the first guess, with variance beta_1 | mistake: the constant dropped
import torch


def elbo_terms(x0, x0_hat, beta):
    bars, d = torch.cumprod(1 - beta, 0), x0.shape[1]
    square = ((x0 - x0_hat) ** 2).sum(2)
    snr = bars / (1 - bars)
    recon = -square[0] / (2 * beta[0]) - 0
    prior = 0.5 * (bars[-1] * (x0**2).sum(1) - d * bars[-1] - d * torch.log(1 - bars[-1]))
    steps = ((snr[:-1] - snr[1:])[:, None] / 2 * square[1:]).sum(0)
    return {"reconstruction": recon, "prior": prior, "consistency": steps, "elbo": recon - prior - steps}
