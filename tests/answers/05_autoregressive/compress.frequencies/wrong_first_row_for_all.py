# breaks: every frequency is within K of the probability times the total
import torch


def integer_frequencies(p, total):
    K = p.shape[-1]
    one = p.reshape(-1, K)[0]
    f = 1 + torch.floor(one.double() * (total - K)).long()
    f[one.argmax()] += total - f.sum()
    return f.expand(p.shape).clone()
