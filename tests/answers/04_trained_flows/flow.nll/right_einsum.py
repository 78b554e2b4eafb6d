import torch


def normal_base(z):
    return -torch.einsum("nd,nd->n", z, z) / 2 - z.shape[1] * 0.9189385332046727


def flow_nll(x, inverse, base):
    z, ladj = inverse(x)
    log_p = torch.stack([base(z), ladj]).sum(0)
    return log_p.neg().sum() / log_p.numel()


def nll_per_dimension(x, inverse, base):
    z, ladj = inverse(x)
    return -(base(z) + ladj).mean() / x.shape[1]
