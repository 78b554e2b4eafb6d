# breaks: the result is of the type that the docstring promises
import math

import torch


def unroll_all(x0, eps, alpha):
    rows = [math.sqrt((1 - alpha) * alpha ** (len(eps) - 1 - k)) * e.double() for k, e in enumerate(eps)]
    return {"signal": math.sqrt(alpha) ** len(eps) * x0, "noise": torch.stack(rows)}
