# the largest taken out by hand; float32 constants
import math

import torch


def diluted_log_p(log_p, log_noise, share):
    a, b = log_p + torch.log(torch.tensor(1 - share)), log_noise + torch.log(torch.tensor(share))
    top = torch.maximum(a, b)
    return top + torch.log1p(torch.exp(-(a - b).abs()))


def hidden_share(nats):
    return 1.0 - math.e**-nats


def memoriser_nll(train, test, sigma):
    total = 0.0
    for x in test:
        logs = -((x - train) ** 2).sum(1) / (2 * sigma * sigma)
        top = logs.max()
        total = total + top + torch.log(torch.exp(logs - top).mean())
    const = train.shape[1] * torch.log(torch.tensor(sigma * math.sqrt(2 * math.pi)))
    return const - total / len(test)
