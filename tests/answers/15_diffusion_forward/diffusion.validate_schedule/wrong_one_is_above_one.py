# breaks: sin, log, 1 − 1/n, −cos, linear and cosine get their verdict for every N: step and reason | mistake: an edge under another name
import torch


def validate_schedule(beta):
    for n, b in enumerate(beta, start=1):
        if torch.isnan(b):
            return n, "nan"
        if b >= 1:
            return n, "above one"
        if b <= 0:
            return n, "zero" if b == 0 else "negative"
    return None
