# breaks: trace: the sum of q's variances over the dimensions | mistake: the dimension is forgotten
import numpy as np
import torch


def prior_gap(x0, alpha_bar_T):
    x = x0.cpu().numpy()
    trace, log_det = 1 - alpha_bar_T, np.log(1 - alpha_bar_T)
    mean = alpha_bar_T * np.sum(x * x, axis=1)
    kl = 0.5 * (trace + mean - x.shape[1] - log_det)
    terms = {"trace": trace, "log_det": -log_det}
    return {**terms, "mean": torch.from_numpy(mean).to(x0), "kl": torch.from_numpy(kl).to(x0)}
