import torch


def flow_log_p(x, layers):
    z, l = x, torch.zeros(x.shape[0]).to(x)
    for i in range(len(layers) - 1, -1, -1):
        z, d = layers[i][1](z)
        l = l + d
    D = z.shape[1]
    return torch.distributions.MultivariateNormal(torch.zeros(D).to(z), torch.eye(D).to(z)).log_prob(z) + l
