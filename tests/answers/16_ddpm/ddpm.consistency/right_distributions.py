import math

import torch


def kl_terms(mu_q, var_q, mu_p, var_p):
    d = mu_q.numel()
    r = torch.tensor(var_q, dtype=torch.float64) / var_p
    return {
        "trace": (r * torch.ones(d, dtype=torch.float64)).sum(),
        "mean": torch.dot(mu_q - mu_p, mu_q - mu_p) / var_p,
        "dimension": float(d),
        "log_det": (torch.ones(d, dtype=torch.float64) * -r.log()).sum(),
    }


def equal_terms(mu_q, mu_p, var):
    return {"mean": torch.sum(((mu_q - mu_p) / math.sqrt(var)) ** 2)}


def x0_terms(x0, x0_hat, before, now, var):
    return {"factor": (before - now) ** 2 / before / (1 - now) ** 2 / var / 2, "square": (x0 - x0_hat).norm() ** 2}


def snr_terms(x0, x0_hat, before, now):
    half = (before - now) / (1 - before) / (1 - now) / 2
    return {"half_drop": half, "square": (x0 - x0_hat).square().sum()}
