# breaks: the net is shown the start and then the values before each place, never the value there | mistake: shifted the other way
import torch.nn.functional as F


def shift_right(x, start):
    return F.pad(x, (0, 1), value=start)[:, 1:]


def next_log_p(logits, x):
    return -F.cross_entropy(logits.transpose(1, 2), x, reduction="none")


def log_prob(net, x, K):
    return next_log_p(net(shift_right(x, K)), x).sum(-1)
