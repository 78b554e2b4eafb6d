# scipy's densities in float64
import numpy as np
import torch
from scipy.special import log_expit
from scipy.stats import norm


def flat(a):
    return a.detach().cpu().double().numpy().reshape(len(a), -1)


def gaussian_reconstruction(x, x_hat, sigma):
    loss = -norm.logpdf(flat(x), flat(x_hat), sigma).sum(axis=1)
    constant = -flat(x).shape[1] * norm.logpdf(0.0, scale=sigma)
    terms = {"squared": loss - constant, "loss": loss}
    return {**{k: torch.from_numpy(a).to(x) for k, a in terms.items()}, "constant": constant}


def bernoulli_reconstruction(x, logits):
    ink = torch.from_numpy(-(flat(x) * log_expit(flat(logits))).sum(1)).to(x)
    paper = torch.from_numpy(-((1 - flat(x)) * log_expit(-flat(logits))).sum(1)).to(x)
    return {"ink": ink, "paper": paper, "loss": ink + paper}


def implied_sigma(weight, D):
    return np.sqrt(0.5 * D / weight)
