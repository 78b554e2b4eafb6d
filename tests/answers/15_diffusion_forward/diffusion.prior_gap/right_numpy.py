# numpy there and back, terms grouped otherwise
import numpy as np
import torch


def prior_gap(x0, alpha_bar_T):
    x = x0.cpu().numpy().astype(np.float64)
    d = x.shape[1]
    per_dimension = -alpha_bar_T - np.log1p(-alpha_bar_T)  # variance − 1 − log variance
    mean = alpha_bar_T * np.linalg.norm(x, axis=1) ** 2
    kl = 0.5 * (d * per_dimension + mean)
    return {
        "kl": torch.as_tensor(kl, dtype=x0.dtype, device=x0.device),
        "log_det": -np.log(1 - alpha_bar_T) * d,
        "mean": torch.as_tensor(mean, dtype=x0.dtype, device=x0.device),
        "trace": np.trace((1 - alpha_bar_T) * np.eye(d)),
    }
