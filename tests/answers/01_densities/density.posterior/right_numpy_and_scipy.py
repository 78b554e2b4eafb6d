import numpy as np
import torch
from scipy.special import log_softmax


def log_posterior(log_lik, log_prior):
    joint = log_lik.double().cpu().numpy() + log_prior.double().cpu().numpy()
    return torch.tensor(log_softmax(joint, axis=1)).to(log_lik)


def fit_naive_bayes(x, y, classes):
    a, labels = x.double().cpu().numpy(), y.cpu().numpy()
    n = np.bincount(labels, minlength=classes)
    p = np.stack([(a[labels == k].sum(0) + 1) / (n[k] + 2) for k in range(classes)])
    with np.errstate(divide="ignore"):
        prior = np.log(n / n.sum())
    return torch.tensor(prior).to(x), torch.tensor(p).to(x)
