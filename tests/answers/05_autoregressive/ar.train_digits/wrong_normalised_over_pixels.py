# breaks: for every pixel there are 17 log probabilities, which add up to one | mistake: logits taken for log probabilities
import torch

from pushforward.data import digits

ROWS = digits("train")[0].flatten(1).long()
OFTEN = ((ROWS[:, :, None] == torch.arange(17)).float().mean(0) + 1e-3).log().log_softmax(1)


def causal_mix(h, W, b):
    return torch.tril(W) @ h + b[:, None]


def mean_nats(logits, x):
    return torch.nn.functional.cross_entropy(logits.transpose(1, 2), x, reduction="sum") / len(x)


def digit_log_p(x):
    return OFTEN.log_softmax(0).repeat(len(x), 1, 1)


def sample_digits(u):
    """Each pixel by itself."""
    return (u[:, :, None] >= OFTEN.exp().cumsum(1)[:, :-1]).sum(2)
