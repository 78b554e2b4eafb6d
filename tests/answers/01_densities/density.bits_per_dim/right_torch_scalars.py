import torch


def bits_per_dim(nats, dims, levels, low, high):
    width = (torch.tensor(high, dtype=torch.float64) - low) / levels
    return (nats.double() / dims - width.log()).div(torch.tensor(2.0, dtype=torch.float64).log()).to(nats)
