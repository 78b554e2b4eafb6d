# breaks: a fault is found wherever it stands, with its step counted from 1 and its reason
import torch


def validate_schedule(beta):
    ok = (beta > 0) & (beta < 1)
    n = int(torch.argmin(ok.int()))
    if n == 0 and ok.all():
        return None
    b = round(float(beta[n]), 6) if beta[n].isfinite() else float(beta[n])
    return n + 1, "nan" if b != b else "negative" if b < 0 else "zero" if b == 0 else "one" if b == 1 else "above one"
