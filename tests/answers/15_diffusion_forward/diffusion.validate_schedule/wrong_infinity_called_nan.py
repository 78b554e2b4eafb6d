# breaks: a fault is found wherever it stands, with its step counted from 1 and its reason | mistake: infinity is called NaN
import torch


def validate_schedule(beta):
    for n, b in enumerate(beta, start=1):
        if not torch.isfinite(b):
            return n, "nan"
        if b <= 0:
            return n, "zero" if b == 0 else "negative"
        if b >= 1:
            return n, "one" if b == 1 else "above one"
    return None
