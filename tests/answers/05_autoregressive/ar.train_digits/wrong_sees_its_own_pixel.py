# breaks: no conditional changes with its own pixel or with a later one | mistake: a leak
import torch

from pushforward.data import digits

ROWS = digits("train")[0].flatten(1).long()
OFTEN = ((ROWS[:, :, None] == torch.arange(17)).float().mean(0) + 1e-3).log().log_softmax(1)


def causal_mix(h, W, b):
    return torch.tril(W) @ h + b[:, None]


def mean_nats(logits, x):
    return torch.nn.functional.cross_entropy(logits.transpose(1, 2), x, reduction="sum") / len(x)


def digit_log_p(x):
    """As a net does that is shown the row unmoved."""
    return (OFTEN + 3 * torch.nn.functional.one_hot(x, 17)).log_softmax(2)


def sample_digits(u):
    """Each pixel by itself."""
    return (u[:, :, None] >= OFTEN.exp().cumsum(1)[:, :-1]).sum(2)
