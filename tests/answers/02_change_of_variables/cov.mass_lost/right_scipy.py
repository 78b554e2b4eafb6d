# scipy's normal, numpy's rank
import numpy as np
from scipy import stats


def mass_kept(low, high):
    a, b = low.double().cpu().numpy(), high.double().cpu().numpy()
    return float(np.prod(stats.norm.cdf(b) - stats.norm.cdf(a)))


def sigmoid_flow_mass(A):
    M = A.double().cpu().numpy()
    full = np.linalg.matrix_rank(M) == len(M)
    return (stats.norm.cdf(1) - 0.5) ** len(M) if full else 0.0
