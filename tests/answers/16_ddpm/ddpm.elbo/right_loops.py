import math

import torch


def elbo_terms(x0, x0_hat, beta):
    b = beta.tolist()
    bars = [1.0]
    for v in b:
        bars.append(bars[-1] * (1 - v))
    d, T = x0.shape[1], len(b)
    snr = [None] + [a / (1 - a) for a in bars[1:]]
    rows = []
    for i in range(len(x0)):
        gap = [float(((x0[i] - x0_hat[t, i]).double() ** 2).sum()) for t in range(T)]
        recon = -gap[0] / 2 / b[0] - d / 2 * math.log(2 * math.pi * b[0])
        a = bars[T]
        prior = (a * float((x0[i].double() ** 2).sum()) + d * (1 - a) - d - d * math.log(1 - a)) / 2
        steps = sum((snr[t - 1] - snr[t]) / 2 * gap[t - 1] for t in range(2, T + 1))
        rows.append([recon, prior, steps, recon - prior - steps])
    cols = torch.tensor(rows, dtype=x0.dtype, device=x0.device).T
    return dict(zip(("reconstruction", "prior", "consistency", "elbo"), cols))
