# breaks: each place mixes itself and the places before it, with the weights of its row | mistake: b along the wrong axis
import torch

from pushforward.data import digits

ROWS = digits("train")[0].flatten(1).long()
OFTEN = ((ROWS[:, :, None] == torch.arange(17)).float().mean(0) + 1e-3).log().log_softmax(1)


def causal_mix(h, W, b):
    """Works only where D = M or D = 1; else it adds what there is of b to the columns."""
    D, M = h.shape
    return W.tril() @ h + b.repeat(M)[:M]


def mean_nats(logits, x):
    return torch.nn.functional.cross_entropy(logits.transpose(1, 2), x, reduction="sum") / len(x)


def digit_log_p(x):
    """Each pixel by itself, at its frequencies."""
    return OFTEN.repeat(len(x), 1, 1)


def sample_digits(u):
    """Each pixel by itself."""
    return (u[:, :, None] >= OFTEN.exp().cumsum(1)[:, :-1]).sum(2)
