# breaks: the hidden share costs what is given to spend, and no more
import math

import torch


def diluted_log_p(log_p, log_noise, share):
    both = torch.stack([log_p + math.log1p(-share), log_noise + math.log(share)])
    return both.logsumexp(0)


def hidden_share(nats):
    """The 1 swallows a small share: of 1e-7 half its digits, of 1e-9 all of them."""
    return (1 - torch.tensor(float(nats)).neg().exp()).item()


def memoriser_nll(train, test, sigma):
    n, d = train.shape
    squares = (test[:, None].double() - train.double()).pow(2).sum(-1)
    logs = -squares / (2 * sigma**2) - d * math.log(sigma) - 0.5 * d * math.log(2 * math.pi)
    return float(math.log(n) - logs.logsumexp(1).mean())
