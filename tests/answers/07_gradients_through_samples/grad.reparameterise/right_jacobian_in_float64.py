# the whole Jacobian and its diagonal; double precision inside, the input's type outside
import torch


def reparameterise(mu, log_var, eps):
    sigma = torch.sqrt(torch.exp(log_var.double()))
    return (mu.double() + sigma * eps.double()).to(eps.dtype)


def pathwise_terms(f, mu, sigma, eps):
    N = len(eps)
    jacobian = torch.autograd.functional.jacobian
    by_mu, by_sigma = jacobian(lambda m, s: f(m + s * eps), (mu, sigma))
    assert by_mu.shape == (N, len(mu))
    return by_mu, by_sigma
