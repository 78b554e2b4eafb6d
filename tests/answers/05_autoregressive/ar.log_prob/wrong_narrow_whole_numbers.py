# breaks: the result is of the type that the docstring promises
import torch
import torch.nn.functional as F


def shift_right(x, start):
    return F.pad(x, (1, 0), value=start)[:, :-1].int()


def next_log_p(logits, x):
    return -F.cross_entropy(logits.transpose(1, 2), x, reduction="none")


def log_prob(net, x, K):
    return torch.distributions.Categorical(logits=net(shift_right(x, K))).log_prob(x).sum(-1)
