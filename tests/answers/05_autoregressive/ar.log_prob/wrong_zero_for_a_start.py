# breaks: the net is shown the start and then the values before each place, never the value there | mistake: no start token
import torch.nn.functional as F


def shift_right(x, start):
    return F.pad(x, (1, 0))[:, :-1]


def next_log_p(logits, x):
    return -F.cross_entropy(logits.transpose(1, 2), x, reduction="none")


def log_prob(net, x, K):
    return next_log_p(net(shift_right(x, K)), x).sum(-1)
