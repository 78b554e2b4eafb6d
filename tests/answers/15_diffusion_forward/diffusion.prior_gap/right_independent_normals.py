# one divergence per dimension, added up, in the type that came
import math

import torch
from torch.distributions import Independent, Normal, kl_divergence


def prior_gap(x0, alpha_bar_T):
    ones = torch.ones_like(x0)
    q = Independent(Normal(math.sqrt(alpha_bar_T) * x0, math.sqrt(1 - alpha_bar_T) * ones), 1)
    prior = Independent(Normal(0 * ones, ones), 1)
    return {
        "trace": q.variance[0].sum(),
        "mean": torch.linalg.vector_norm(q.mean, dim=1) ** 2,
        "log_det": -q.variance[0].log().sum(),
        "kl": kl_divergence(q, prior),
    }
