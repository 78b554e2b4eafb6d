# breaks: the bound at your q is log p(x): no gap is left | mistake: the prior is left out
import numpy as np


def tight_q(x, w, b, s):
    w, residual = w.detach().cpu().double().numpy(), (x - b).detach().cpu().double().numpy()
    mean = np.linalg.lstsq(w[:, None], residual, rcond=None)[0][0]
    return float(mean), float(np.sqrt(s**2 / np.sum(w**2)))
