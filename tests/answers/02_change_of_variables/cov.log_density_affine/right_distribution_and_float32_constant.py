import torch


def affine_forward(x, A, b):
    z = torch.linalg.solve(A, (x - b).unsqueeze(-1)).squeeze(-1)
    constant = torch.log(torch.tensor(2 * torch.pi))
    return (-0.5 * z.square() - 0.5 * constant).sum(-1) - torch.linalg.svdvals(A).log().sum()


def affine_reverse(x, W, c):
    base = torch.distributions.Normal(torch.zeros_like(c), torch.ones_like(c))
    return base.log_prob(x @ W.T + c).sum(-1) + torch.linalg.svdvals(W).log().sum()
