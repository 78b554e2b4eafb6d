# breaks: kl: the divergence in nats, one per item, nought where q is the prior | mistake: the half is forgotten
import numpy as np
import torch


def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    m, v, pm, pv = mu.cpu().numpy(), sigma.cpu().numpy() ** 2, prior_mu.cpu().numpy(), prior_sigma.cpu().numpy() ** 2
    terms = {
        "trace": np.sum(v / pv, axis=1),
        "mean": np.sum((m - pm) ** 2 / pv, axis=1),
        "log_det": np.sum(np.log(pv) - np.log(v), axis=1),
    }
    terms["kl"] = terms["trace"] + terms["mean"] + terms["log_det"] - m.shape[1]
    return {k: torch.from_numpy(a).to(mu) for k, a in terms.items()}
