# breaks: kl: the divergence in nats, one per item
import math

import torch


def prior_gap(x0, alpha_bar_T):
    batch, d = x0.shape
    trace, log_det = d * (1 - alpha_bar_T), d * math.log(1 - alpha_bar_T)
    mean = torch.full((batch,), alpha_bar_T * float((x0**2).sum()) / batch, dtype=x0.dtype, device=x0.device)
    return {"trace": trace, "mean": mean, "log_det": -log_det, "kl": 0.5 * (trace + mean - d - log_det)}
