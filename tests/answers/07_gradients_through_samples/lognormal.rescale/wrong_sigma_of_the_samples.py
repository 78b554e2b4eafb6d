# breaks: symmetric noise comes out with the quantiles of the log-normal that is asked for
import torch


def rescale_lognormal(z, mu, sigma):
    # makes the samples at hand have exactly the mean mu and the standard deviation sigma
    log_z = torch.log(z)
    log_z = (log_z - log_z.mean()) / log_z.std(unbiased=False).clamp(min=1e-6)
    return torch.exp(mu + sigma * log_z)
