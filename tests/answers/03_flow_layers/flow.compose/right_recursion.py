import torch


def compose_forward(z, layers):
    x, ladj = layers[0][0](z)
    if len(layers) == 1:
        return x, ladj
    last, more = compose_forward(x, layers[1:])
    return last, ladj + more


def compose_inverse(x, layers):
    z, ladj = layers[-1][1](x)
    if len(layers) == 1:
        return z, ladj
    first, more = compose_inverse(z, layers[:-1])
    return first, ladj + more


def flow_log_p(x, layers):
    z, ladj = compose_inverse(x, layers)
    return torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1) + ladj
