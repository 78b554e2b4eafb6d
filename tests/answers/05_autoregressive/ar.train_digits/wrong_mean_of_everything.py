# breaks: the loss is the mean over pictures of −log p, summed over the pixels | mistake: a mean over the pixels
import torch

from pushforward.data import digits

ROWS = digits("train")[0].flatten(1).long()
OFTEN = ((ROWS[:, :, None] == torch.arange(17)).float().mean(0) + 1e-3).log().log_softmax(1)


def causal_mix(h, W, b):
    return torch.tril(W) @ h + b[:, None]


def mean_nats(logits, x):
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), x.flatten())


def digit_log_p(x):
    """Each pixel by itself, at its frequencies."""
    return OFTEN.repeat(len(x), 1, 1)


def sample_digits(u):
    """Each pixel by itself."""
    return (u[:, :, None] >= OFTEN.exp().cumsum(1)[:, :-1]).sum(2)
