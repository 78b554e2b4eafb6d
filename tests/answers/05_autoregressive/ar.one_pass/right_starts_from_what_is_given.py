import torch


def maf_to_noise(net, x):
    out = net(x)
    scale = torch.exp(out[1])
    return (x - out[0]) / scale, -torch.log(scale).sum(-1)


def maf_to_data(net, z):
    x = z.clone()  # what stands at places to come is never read
    for d in range(z.shape[-1]):
        mu, s = net(x)
        x[:, d] = torch.addcmul(mu, s.exp(), z)[:, d]
    return x


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
