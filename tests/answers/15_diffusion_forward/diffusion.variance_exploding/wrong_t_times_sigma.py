# breaks: t steps of variance sigma² add up to the variance t sigma² | mistake: t where its root belongs
import torch


def ve_sample(x0, t, eps, sigma):
    return torch.stack([x + n * sigma * e for x, n, e in zip(x0, t.tolist(), eps)])
