# breaks: a fault is found wherever it stands, with its step counted from 1 and its reason | mistake: counts from 0
import torch


def reason(b):
    if b != b:
        return "nan"
    if b <= 0:
        return "negative" if b < 0 else "zero"
    return "above one" if b > 1 else "one"


def validate_schedule(beta):
    bad = torch.nonzero(~((beta > 0) & (beta < 1)))
    if len(bad):
        n = bad[0, 0].item()
        return n, reason(beta[n].item())
