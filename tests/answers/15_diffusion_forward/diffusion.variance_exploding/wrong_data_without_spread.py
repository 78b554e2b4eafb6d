# breaks: each prior's distance from the true distribution of x_T, in nats | mistake: the data's spread is forgotten
import numpy as np


def ve_prior_gaps(mean, var, T, sigma):
    q_var = T * sigma**2
    m = np.array([0, mean, 0, mean])
    v = np.array([q_var, q_var, var + q_var, var + q_var])
    kl = 0.5 * (np.log(v / q_var) + (q_var + (mean - m) ** 2) / v - 1)
    return dict(zip(("noise", "mean", "spread", "both"), kl))
