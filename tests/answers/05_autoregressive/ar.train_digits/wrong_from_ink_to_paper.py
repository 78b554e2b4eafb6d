# breaks: every drawn pixel is the level whose share of the unit interval its noise falls into | mistake: pieces laid out from 16 down
import torch

from pushforward.data import digits

ROWS = digits("train")[0].flatten(1).long()
OFTEN = ((ROWS[:, :, None] == torch.arange(17)).float().mean(0) + 1e-3).log().log_softmax(1)


def causal_mix(h, W, b):
    return torch.tril(W) @ h + b[:, None]


def mean_nats(logits, x):
    return torch.nn.functional.cross_entropy(logits.transpose(1, 2), x, reduction="sum") / len(x)


def digit_log_p(x):
    """Each pixel by itself, at its frequencies."""
    return OFTEN.repeat(len(x), 1, 1)


def sample_digits(u):
    return 16 - (u[:, :, None] >= OFTEN.exp().flip(1).cumsum(1)[:, :-1]).sum(2)
