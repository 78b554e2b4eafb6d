# breaks: mean: the squared length of q's mean, one per item | mistake: the mean is not squared
import math

import torch


def prior_gap(x0, alpha_bar_T):
    d = x0.shape[1]
    trace = d * (1 - alpha_bar_T)
    mean = torch.stack([math.sqrt(alpha_bar_T) * torch.dot(x, x) for x in x0])
    log_det = d * math.log(1 - alpha_bar_T)
    return {"trace": trace, "mean": mean, "log_det": -log_det, "kl": (trace + mean - d - log_det) / 2}
