import torch


def jsd_of_shift(delta, width):
    alone = 1 - torch.relu(1 - delta.abs() / width)
    return alone * torch.log(torch.tensor(2.0)).to(delta)


def w1_of_shift(delta, width):
    return torch.where(delta < 0, -delta, delta)
