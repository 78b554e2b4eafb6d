# breaks: sigmoid_flow_mass is the integral of the model's density for any A, singular ones included | mistake: one coordinate stands for all
from scipy.stats import norm
from torch.linalg import svdvals


def sigmoid_flow_mass(A):
    s = svdvals(A.double())
    return float(norm.cdf(1) - norm.cdf(0)) if s.min() > 1e-9 * s.max() else 0.0
