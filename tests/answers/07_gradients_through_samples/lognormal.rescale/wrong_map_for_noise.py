# breaks: symmetric noise comes out with the quantiles of the log-normal that is asked for | mistake: z taken for the noise
# C, where M is asked for
import torch


def rescale_lognormal(z, mu, sigma):
    normal = mu + sigma * z
    return torch.exp(normal)
