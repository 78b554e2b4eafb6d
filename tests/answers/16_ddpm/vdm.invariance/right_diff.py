import torch


def snr_sum(snr, mse):
    return -torch.dot(torch.diff(snr), mse[1:].to(snr)) * 0.5


def normal_mse(snr, s):
    s = torch.as_tensor(s)
    return (s.square() / torch.add(1, s.square() * snr)).to(snr)


def normal_limit(snr_0, snr_T, s):
    a, b = (torch.log(torch.tensor(1.0 + s**2 * v)) for v in (snr_0, snr_T))
    return torch.tensor(0.5) * (a - b)
