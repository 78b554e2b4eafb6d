# breaks: MAF: z = (x − mu) e^(−s) with mu and s from the x before, ladj = −Σ s, and its inverse
import torch


def maf_to_noise(net, x):
    mu, s = net(x)
    s = s.clamp(-5, 5)
    return (x - mu) * torch.exp(-s), -s.sum(1)


def maf_to_data(net, z):
    x = torch.zeros_like(z)
    for d in range(z.shape[1]):
        mu, s = net(x)
        x[:, d] = (mu + torch.exp(s) * z)[:, d]
    return x


def iaf_to_data(net, z):
    mu, s = net(z)
    return mu + torch.exp(s) * z, s.sum(1)


def iaf_to_noise(net, x):
    z = torch.zeros_like(x)
    for d in range(x.shape[1]):
        mu, s = net(z)
        z[:, d] = ((x - mu) * torch.exp(-s))[:, d]
    return z
