import torch


def maf_to_noise(net, x):
    mu, s = net(x)
    return (x - mu) / s.exp(), s.sum(1).neg()


def maf_to_data(net, z):
    x = torch.zeros_like(z)
    for _ in range(z.shape[1]):  # after d rounds the first d places are right
        mu, s = net(x)
        x = mu + s.exp() * z
    return x


def iaf_to_data(net, z):
    mu, s = net(z)
    return mu + z * s.exp(), s.sum(1)


def iaf_to_noise(net, x):
    z = torch.zeros_like(x)
    for _ in range(x.shape[1]):
        mu, s = net(z)
        z = (x - mu) * (-s).exp()
    return z
