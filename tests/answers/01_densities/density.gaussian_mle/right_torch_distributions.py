import torch


def gaussian_mle(x):
    d = x.shape[1]
    return x.mean(dim=0), torch.cov(x.T, correction=0).reshape(d, d)


def gaussian_log_p(x, mu, cov):
    return torch.distributions.MultivariateNormal(mu, covariance_matrix=cov).log_prob(x)
