# breaks: a conditional is the probability of the value that stands there, among the values at its place | mistake: softmax over the wrong axis
import torch.nn.functional as F


def shift_right(x, start):
    return F.pad(x, (1, 0), value=start)[:, :-1]


def next_log_p(logits, x):
    return F.log_softmax(logits, dim=1).gather(-1, x.unsqueeze(-1)).squeeze(-1)


def log_prob(net, x, K):
    return next_log_p(net(shift_right(x, K)), x).sum(-1)
