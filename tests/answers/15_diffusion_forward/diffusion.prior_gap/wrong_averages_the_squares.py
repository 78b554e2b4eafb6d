# breaks: mean: the squared length of q's mean, one per item | mistake: mean over the dimensions
import math

import torch.nn.functional as F


def prior_gap(x0, alpha_bar_T):
    d = x0.shape[1]
    m = alpha_bar_T**0.5 * x0
    mean = F.mse_loss(m, 0 * m, reduction="none").mean(dim=1)
    trace, log_det = d * (1 - alpha_bar_T), d * math.log1p(-alpha_bar_T)
    return {"trace": trace, "mean": mean, "log_det": -log_det, "kl": 0.5 * (trace + mean - d - log_det)}
