# breaks: symmetric noise comes out with the quantiles of the log-normal that is asked for | mistake: sigma as a factor
import torch


def rescale_lognormal(z, mu, sigma):
    mu = torch.as_tensor(mu, dtype=z.dtype)
    return z * sigma * torch.exp(mu)
