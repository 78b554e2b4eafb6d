# breaks: the estimate is the mean of log q − log p, and +∞ as soon as one sample falls where the prior is 0 | mistake: negative samples dropped
import torch


def sampled_kl(mu, sigma, eps):
    z = mu + sigma * eps
    log_z = torch.log(z)
    log_q = -0.5 * eps**2 - torch.log(torch.tensor(sigma))
    return torch.nanmean(log_q + 0.5 * log_z**2 + log_z)
