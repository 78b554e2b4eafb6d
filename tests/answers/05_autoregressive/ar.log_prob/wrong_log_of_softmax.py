# breaks: a conditional is the probability of the value that stands there, among the values at its place
import torch
import torch.nn.functional as F


def shift_right(x, start):
    return F.pad(x, (1, 0), value=start)[:, :-1]


def next_log_p(logits, x):
    return torch.log(torch.softmax(logits, -1) + 1e-8).gather(-1, x[..., None])[..., 0]


def log_prob(net, x, K):
    return next_log_p(net(shift_right(x, K)), x).sum(-1)
