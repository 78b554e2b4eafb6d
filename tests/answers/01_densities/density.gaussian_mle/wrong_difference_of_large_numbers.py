# breaks: the covariance is the mean of the products of centred entries, with N below
import torch


def gaussian_mle(x):
    mu = x.mean(0)
    return mu, x.T @ x / len(x) - torch.outer(mu, mu)
