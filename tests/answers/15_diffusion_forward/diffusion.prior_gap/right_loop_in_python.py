# item by item with Python floats; prints
import math

import torch


def prior_gap(x0, alpha_bar_T):
    d = x0.shape[1]
    trace, log_det = math.fsum([1 - alpha_bar_T] * d), d * math.log1p(-alpha_bar_T)
    mean = [alpha_bar_T * math.fsum(v * v for v in row) for row in x0.tolist()]
    kl = [(trace + m - d - log_det) / 2 for m in mean]
    print(f"{len(kl)} gaps, the largest {max(kl):.3f}")
    to_tensor = {"dtype": x0.dtype, "device": x0.device}
    return {
        "trace": trace,
        "mean": torch.tensor(mean, **to_tensor),
        "log_det": -log_det,
        "kl": torch.tensor(kl, **to_tensor),
    }
