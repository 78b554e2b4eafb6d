import numpy as np
import torch
from scipy.special import expit, logit, xlog1py, xlogy


def discriminator_with_prior(log_p_data, log_p_model, pi):
    d = expit(log_p_data.cpu().numpy().astype(float) - log_p_model.cpu().numpy().astype(float) + logit(pi))
    return torch.tensor(d).to(log_p_data)


def value_with_prior(d_real, d_fake, pi):
    v = pi * np.log(d_real.cpu().numpy()).mean() + (1 - pi) * np.log1p(-d_fake.cpu().numpy()).mean()
    return torch.tensor(v).to(d_real)


def undecided_value(pi):
    return float(xlogy(pi, pi) + xlog1py(1 - pi, -pi))
