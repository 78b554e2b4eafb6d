# breaks: forward: X = A z + b has the density of a normal with mean b and covariance A Aᵀ | mistake: the matrix transposed
from torch.distributions import MultivariateNormal


def affine_forward(x, A, b):
    A64 = A.double()
    return MultivariateNormal(b.double(), A64.T @ A64).log_prob(x.double()).to(x.dtype)
