import torch


def integer_frequencies(p, total):
    K = p.shape[-1]
    cdf = p.double().cumsum(-1)
    cdf = cdf / cdf[..., -1:]
    borders = torch.round(cdf * (total - K)).long() + torch.arange(1, K + 1, device=p.device)
    return borders.diff(dim=-1, prepend=torch.zeros_like(borders[..., :1]))
