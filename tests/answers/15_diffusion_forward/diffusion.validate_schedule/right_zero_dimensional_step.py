# the step as a 0-d tensor, straight from nonzero
import torch


def validate_schedule(beta):
    inside = torch.logical_and(beta.gt(0), beta.lt(1))
    if inside.all():
        return None
    first = torch.nonzero(~inside).flatten().min()
    b = beta[first]
    if torch.isnan(b):
        reason = "nan"
    elif b in (0, 1):
        reason = "one" if b else "zero"
    else:
        reason = "negative" if torch.signbit(b) else "above one"
    return first + 1, reason
