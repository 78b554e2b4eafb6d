import torch


def normal_base(z):
    return torch.distributions.Normal(torch.zeros_like(z), torch.ones_like(z)).log_prob(z).sum(-1)


def flow_nll(x, inverse, base):
    z, ladj = inverse(x)
    return -base(z).mean() - ladj.mean()


def nll_per_dimension(x, inverse, base):
    return flow_nll(x, inverse, base) / x.size(1)
