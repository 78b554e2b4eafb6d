# the bound by parts, the variance by Kalman's gain, the limit by the integral
import numpy as np
import torch
from scipy.integrate import quad


def snr_sum(snr, mse):
    v, m = (a.detach().cpu().numpy().astype(float) for a in (snr, mse))
    found = 0.5 * np.sum(-np.diff(v) * m[1:])
    return torch.tensor(found, dtype=snr.dtype, device=snr.device)


def normal_mse(snr, s):
    gain = s**2 * snr / (s**2 * snr + 1)
    return torch.where(snr > 0, s**2 / (s**2 * snr + 1), s**2 * (1 - gain))


def normal_limit(snr_0, snr_T, s):
    # with v = e^u − 1/s² nothing is steep
    low, high = np.log(1 / s**2 + snr_T), np.log(1 / s**2 + snr_0)
    return quad(lambda u: 0.5 * np.exp(u) / np.exp(u), low, high)[0]
