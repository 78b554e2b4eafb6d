# breaks: the memoriser's negative log-likelihood is that of normals around its training samples
import math

import torch


def diluted_log_p(log_p, log_noise, share):
    return torch.logsumexp(torch.stack([log_p + math.log(1 - share), log_noise + math.log(share)]), 0)


def hidden_share(nats):
    return 1 - math.exp(-nats)


def memoriser_nll(train, test, sigma):
    q = torch.distributions.Normal(train, sigma)
    logs = q.log_prob(test[:, None]).mean(-1)
    return -(logs.logsumexp(1) - math.log(len(train))).mean()
