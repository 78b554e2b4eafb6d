# breaks: IAF: x = mu + e^s z with mu and s from the z before, ladj = Σ s, and its inverse
import torch


def maf_to_noise(net, x):
    columns = []
    for d in range(x.shape[1]):
        known = torch.stack(columns + [torch.zeros_like(x[:, 0])] * (x.shape[1] - d), 1)
        mu, s = net(known)
        columns.append((x[:, d] - mu[:, d]) / s[:, d].exp())
    z = torch.stack(columns, 1)
    return z, -net(z)[1].sum(1)


def maf_to_data(net, z):
    columns = []
    for d in range(z.shape[1]):
        known = torch.stack(columns + [torch.zeros_like(z[:, 0])] * (z.shape[1] - d), 1)
        mu, s = net(known)
        columns.append(mu[:, d] + s[:, d].exp() * z[:, d])
    return torch.stack(columns, 1)


def iaf_to_data(net, z):
    x = maf_to_data(net, z)
    return x, net(x)[1].sum(1)


def iaf_to_noise(net, x):
    return maf_to_noise(net, x)[0]
