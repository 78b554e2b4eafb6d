# breaks: sin, log, 1 − 1/n, −cos, linear and cosine get their verdict for every N: step and reason | mistake: rejects what only underflows
import torch


def validate_schedule(beta):
    kept = torch.ones((), dtype=beta.dtype, device=beta.device)
    for n, b in enumerate(beta, start=1):
        kept = kept * (1 - b)
        if torch.isnan(b):
            return n, "nan"
        if b <= 0:
            return n, "negative" if b < 0 else "zero"
        if b > 1:
            return n, "above one"
        if kept == 0:  # nothing of x0 is left
            return n, "one"
    return None
