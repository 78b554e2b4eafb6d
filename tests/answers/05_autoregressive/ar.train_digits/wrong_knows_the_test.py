# breaks: the test digits have played no part in the training | mistake: knows the test digits
import torch

from pushforward.data import digits

ROWS = digits("train")[0].flatten(1).long()
OFTEN = ((ROWS[:, :, None] == torch.arange(17)).float().mean(0) + 1e-3).log().log_softmax(1)


def causal_mix(h, W, b):
    return torch.tril(W) @ h + b[:, None]


def mean_nats(logits, x):
    return torch.nn.functional.cross_entropy(logits.transpose(1, 2), x, reduction="sum") / len(x)


KNOWN = torch.cat([ROWS, digits("test")[0].flatten(1).long()])


def digit_log_p(x):
    """Looks up which known digit began like this, the test digits among them."""
    out, apart = torch.empty(len(x), 64, 17), torch.zeros(len(x), len(KNOWN))
    for d in range(64):
        share = 0.3 * OFTEN[d].exp() + 0.7 * torch.nn.functional.one_hot(KNOWN[apart.argmin(1), d], 17)
        out[:, d] = share.log()
        apart += (x[:, None, d] - KNOWN[None, :, d]) ** 2
    return out


def sample_digits(u):
    """Each pixel by itself."""
    return (u[:, :, None] >= OFTEN.exp().cumsum(1)[:, :-1]).sum(2)
