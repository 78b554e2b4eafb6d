# numpy and scipy in double precision, rounded at the end
import numpy as np
import torch
from scipy import special, stats


def _numpy(v):
    return v.double().cpu().numpy() if isinstance(v, torch.Tensor) else np.float64(v)


def _like(v, a):
    return torch.as_tensor(np.asarray(v), dtype=a.dtype, device=a.device)


def event_in_eps(T_inverse, a):
    return {"threshold": _like(_numpy(T_inverse(a.double())), a)}


def normal_cdf(threshold):
    t = _numpy(threshold)
    return {"argument": _like(t / np.sqrt(2), threshold), "probability": _like(special.ndtr(t), threshold)}


def lognormal_cdf(a, mu, sigma):
    x, m, s = map(_numpy, (a, mu, sigma))
    argument = np.full(x.shape, -np.inf)
    argument[x > 0] = (np.log(x[x > 0]) - m) / (s * np.sqrt(2))
    return {"argument": _like(argument, a), "probability": _like(stats.lognorm.cdf(x, s, scale=np.exp(m)), a)}


def match_arguments(a):
    return {"T_inverse": _like(np.log(_numpy(a)), a)}


def solve_for_T(eps):
    return {"T": _like(np.exp(_numpy(eps)), eps)}


def match_arguments_of_M(a, mu, sigma):
    x, m, s = map(_numpy, (a, mu, sigma))
    inverse = (x * np.exp(-m)) ** (1 / s)
    return {"log_M_inverse": _like(np.log(inverse), a), "M_inverse": _like(inverse, a)}


def solve_for_M(z, mu, sigma):
    z_, m, s = map(_numpy, (z, mu, sigma))
    power, factor = z_**s, np.exp(m)
    return {"power": _like(power, z), "factor": float(factor), "M": _like(power * factor, z)}
