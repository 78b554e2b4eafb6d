from math import log1p

import torch


def snr_sum(snr, mse):
    total = 0.0
    for t in range(1, len(snr)):
        total += (float(snr[t - 1]) - float(snr[t])) * float(mse[t])
    return torch.tensor(total / 2, dtype=snr.dtype, device=snr.device)


def normal_mse(snr, s):
    return torch.stack([1 / (1 / s**2 + v) for v in snr])


def normal_limit(snr_0, snr_T, s):
    return (log1p(s * s * snr_0) - log1p(s * s * snr_T)) / 2
