# torch's own mixture, single precision constants
import torch
from torch.distributions import Categorical, MixtureSameFamily, Normal


def step_moments(x, before, sigma, weights, means, s):
    v = torch.tensor(s**2 + before, device=x.device)
    e = torch.tensor(float(sigma) ** 2, device=x.device)
    logits = weights.log() + Normal(means, (v + e).sqrt()).log_prob(x[:, None])
    back = Normal((means * e + x[:, None] * v) / (v + e), torch.sqrt(v * e / (v + e)).expand_as(logits))
    step = MixtureSameFamily(Categorical(logits=logits), back)
    return step.mean.to(x), step.variance.to(x)


def longer_is_useless():
    return 0.6, 32


def finer_is_useless():
    return 0.15, 32
