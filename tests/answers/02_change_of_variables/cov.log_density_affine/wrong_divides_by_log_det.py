# breaks: forward: X = A z + b has the density of a normal with mean b and covariance A Aᵀ | mistake: the determinant with the wrong sign
import torch


def affine_forward(x, A, b):
    z = torch.linalg.solve(A, (x - b).T).T
    standard = torch.distributions.MultivariateNormal(torch.zeros_like(b), torch.eye(len(b)).to(A))
    return standard.log_prob(z) - torch.linalg.slogdet(torch.linalg.inv(A))[1]
