# breaks: MAF: z = (x − mu) e^(−s) with mu and s from the x before, ladj = −Σ s, and its inverse | mistake: the sign of ladj
import torch


def maf_to_noise(net, x):
    mu, s = net(x)
    return (x - mu) / s.exp(), s.sum(1)


def maf_to_data(net, z):
    columns = []
    for d in range(z.shape[1]):
        known = torch.stack(columns + [torch.zeros_like(z[:, 0])] * (z.shape[1] - d), 1)
        mu, s = net(known)
        columns.append(mu[:, d] + s[:, d].exp() * z[:, d])
    return torch.stack(columns, 1)


def iaf_to_data(net, z):
    mu, s = net(z)
    return mu + z * s.exp(), s.sum(1)


def iaf_to_noise(net, x):
    columns = []
    for d in range(x.shape[1]):
        known = torch.stack(columns + [torch.zeros_like(x[:, 0])] * (x.shape[1] - d), 1)
        mu, s = net(known)
        columns.append((x[:, d] - mu[:, d]) / s[:, d].exp())
    return torch.stack(columns, 1)
