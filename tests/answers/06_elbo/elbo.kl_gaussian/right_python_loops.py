# two loops over Python floats
import math

import torch


def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    rows = []
    for m, s in zip(mu.tolist(), sigma.tolist()):
        trace = mean = log_det = 0.0
        for mj, sj, pm, ps in zip(m, s, prior_mu.tolist(), prior_sigma.tolist()):
            trace += sj**2 / ps**2
            mean += (mj - pm) ** 2 / ps**2
            log_det += math.log(ps**2) - math.log(sj**2)
        rows.append((trace, mean, log_det, (trace + mean + log_det - len(m)) / 2))
    columns = torch.tensor(rows, dtype=mu.dtype, device=mu.device).T
    return dict(zip(("trace", "mean", "log_det", "kl"), columns))
