# breaks: precision is the share of fakes that lie in some ball of the data | mistake: the rim left out


def dist(a, b):
    return ((a[:, None] - b[None]) ** 2).sum(-1).sqrt()


def radii(x, k):
    return dist(x, x).kthvalue(k + 1, dim=1).values


def precision_coverage(real, fake, k):
    d = dist(real, fake)
    inside = d < radii(real, k)[:, None]
    caught = d <= radii(fake, k)
    return {
        "precision": inside.any(dim=0).double().mean(),
        "recall": caught.any(dim=1).double().mean(),
        "density": inside.double().sum() / (k * len(fake)),
        "coverage": inside.any(dim=1).double().mean(),
    }
