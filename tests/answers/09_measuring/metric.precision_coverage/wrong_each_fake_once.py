# breaks: density counts the balls of the data around a fake, in units of k | mistake: each fake counted once
import torch


def radii(x, k):
    return torch.cdist(x, x, compute_mode="donot_use_mm_for_euclid_dist").sort(dim=1).values[:, k]


def precision_coverage(real, fake, k):
    apart = torch.cdist(real, fake, compute_mode="donot_use_mm_for_euclid_dist")
    inside, caught = apart <= radii(real, k)[:, None], apart <= radii(fake, k)[None]
    return {
        "precision": inside.any(0).double().mean(),
        "recall": caught.any(1).double().mean(),
        "density": inside.any(0).double().mean() / k,
        "coverage": inside.any(1).double().mean(),
    }
