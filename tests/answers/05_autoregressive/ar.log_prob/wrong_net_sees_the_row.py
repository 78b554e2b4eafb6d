# breaks: the net is shown the start and then the values before each place, never the value there | mistake: shown the value itself
import torch.nn.functional as F


def shift_right(x, start):
    return x.clone()


def next_log_p(logits, x):
    return -F.cross_entropy(logits.transpose(1, 2), x, reduction="none")


def log_prob(net, x, K):
    return next_log_p(net(x), x).sum(-1)
