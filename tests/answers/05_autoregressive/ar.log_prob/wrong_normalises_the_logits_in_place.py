# breaks: the arguments come back as they were given
import torch
import torch.nn.functional as F


def shift_right(x, start):
    return F.pad(x, (1, 0), value=start)[:, :-1]


def next_log_p(logits, x):
    logits -= torch.logsumexp(logits, -1, keepdim=True)
    return logits.gather(-1, x[..., None])[..., 0]


def log_prob(net, x, K):
    return next_log_p(net(shift_right(x, K)), x).sum(-1)
