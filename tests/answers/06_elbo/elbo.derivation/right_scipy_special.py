# scipy's entr, rel_entr and logsumexp in float64, numpy floats handed back as tensors
import numpy as np
import torch
from scipy import special


def arrays(*tensors):
    return [t.detach().cpu().double().numpy() for t in tensors]


def tensors(like, **terms):
    return {k: torch.as_tensor(v, dtype=like.dtype, device=like.device) for k, v in terms.items()}


def elbo_integrand(log_q, log_joint):
    a, j = arrays(log_q, log_joint)
    return tensors(log_q, integrand=np.exp(a) * j + special.entr(np.exp(a)))


def elbo_split(log_q, log_likelihood, log_prior):
    a, l, p = arrays(log_q, log_likelihood, log_prior)
    q = np.exp(a)
    return tensors(log_q, likelihood=q * l, prior=q * p, entropy=special.entr(q))


def elbo_gathered(dz, log_q, log_likelihood, log_prior):
    w, a, l, p = arrays(dz, log_q, log_likelihood, log_prior)
    kl = np.dot(w, special.rel_entr(np.exp(a), np.exp(p)))
    return tensors(dz, reconstruction=np.dot(w * np.exp(a), l), kl=kl)


def evidence(dz, log_joint):
    w, j = arrays(dz, log_joint)
    log_px = special.logsumexp(j, b=w)
    return tensors(dz, log_px=log_px, log_posterior=j - log_px)


def evidence_averaged(dz, log_q, log_joint, log_posterior):
    w, a, j, post = arrays(dz, log_q, log_joint, log_posterior)
    q = np.exp(a)
    return tensors(dz, elbo=np.dot(w, q * j + special.entr(q)), kl=np.dot(w * q, a - post))
