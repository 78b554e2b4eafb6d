# breaks: the log density is that of the mixture, also where p and q0 are below the smallest float | mistake: a mixture of logs
import math

import torch


def diluted_log_p(log_p, log_noise, share):
    return (1 - share) * log_p + share * log_noise


def hidden_share(nats):
    return 1 - math.exp(-nats)


def memoriser_nll(train, test, sigma):
    q = torch.distributions.Normal(train, sigma)
    logs = q.log_prob(test[:, None]).sum(-1)
    return -(logs.logsumexp(1) - math.log(len(train))).mean()
