# breaks: symmetric noise comes out with the quantiles of the log-normal that is asked for | mistake: made positive by folding
import torch


def standard_lognormal(eps):
    return torch.exp(eps.pow(2).sqrt())
