# breaks: coverage is the share of the data's balls that hold some fake | mistake: rows for columns
import torch


def radii(x, k):
    return torch.cdist(x, x, compute_mode="donot_use_mm_for_euclid_dist").sort(dim=1).values[:, k]


def precision_coverage(real, fake, k):
    apart = torch.cdist(real, fake, compute_mode="donot_use_mm_for_euclid_dist")
    inside, caught = apart <= radii(real, k)[:, None], apart <= radii(fake, k)[None]
    return {
        "precision": inside.any(1).double().mean(),
        "recall": caught.any(0).double().mean(),
        "density": inside.sum() / (k * len(fake)),
        "coverage": inside.any(0).double().mean(),
    }
