# torch.cdist and boolean masks
import torch


def kernel(x, y, h):
    d = torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")
    return torch.exp(-0.5 * (d / h) ** 2)


def mmd_unbiased(x, y, h):
    def within(z):
        return kernel(z, z, h)[~torch.eye(len(z), dtype=torch.bool, device=z.device)].mean()

    return within(x) + within(y) - 2 * kernel(x, y, h).mean()
