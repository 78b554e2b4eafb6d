# breaks: the log density is that of the mixture, also where p and q0 are below the smallest float | mistake: underflows
import math

import torch


def diluted_log_p(log_p, log_noise, share):
    return torch.log((1 - share) * torch.exp(log_p) + share * torch.exp(log_noise))


def hidden_share(nats):
    return 1 - math.exp(-nats)


def memoriser_nll(train, test, sigma):
    q = torch.distributions.Normal(train, sigma)
    logs = q.log_prob(test[:, None]).sum(-1)
    return -(logs.logsumexp(1) - math.log(len(train))).mean()
