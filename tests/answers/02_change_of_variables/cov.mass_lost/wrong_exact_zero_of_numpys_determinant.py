# breaks: sigmoid_flow_mass is the integral of the model's density for any A, singular ones included | mistake: a rounded determinant trusted
import numpy as np
from scipy.stats import norm


def sigmoid_flow_mass(A):
    if np.linalg.det(A.cpu().double().numpy()) == 0.0:
        return 0.0
    return float((norm.cdf(1) - norm.cdf(0)) ** len(A))
