# breaks: the limit is the least-squares line in 1/n, read off where 1/n is nought
import torch


def frechet_terms(x, y):
    a = (x - x.mean(0)) / (len(x) - 1) ** 0.5
    b = (y - y.mean(0)) / (len(y) - 1) ** 0.5
    root = torch.linalg.svdvals(a @ b.T).sum()
    return {"means": ((x.mean(0) - y.mean(0)) ** 2).sum(), "traces": (a**2).sum() + (b**2).sum(), "root": root}


def frechet_limit(sizes, values):
    return max(
        0.0,
        float(
            torch.linalg.lstsq(
                torch.stack([torch.ones(len(sizes)).double(), 1 / sizes.double()], 1), values.double()[:, None]
            ).solution[0, 0]
        ),
    )
