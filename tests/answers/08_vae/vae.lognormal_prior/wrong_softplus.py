# breaks: z is exp(mu + sigma eps), and so positive
import math

import torch


def lognormal_terms(mu, sigma, eps):
    z = torch.nn.functional.softplus(mu + sigma * eps)  # positive as well
    half = 0.5 * math.log(2 * math.pi)
    u = z.log()
    log_q = (-(((u - mu) / sigma) ** 2) / 2 - half - sigma.log() - u).sum(1)
    return {"z": z, "log_q": log_q, "log_p": (-(u**2) / 2 - half - u).sum(1)}
