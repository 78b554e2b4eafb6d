# breaks: recall is the share of the data that lies in some ball of the fakes | mistake: recall by the balls of the data


def dist(a, b):
    return ((a[:, None] - b[None]) ** 2).sum(-1).sqrt()


def radii(x, k):
    return dist(x, x).kthvalue(k + 1, dim=1).values


def precision_coverage(real, fake, k):
    d = dist(real, fake)
    inside = d <= radii(real, k)[:, None]
    caught = d <= radii(fake, k)
    return {
        "precision": inside.any(dim=0).double().mean(),
        "recall": inside.any(dim=1).double().mean(),
        "density": inside.double().sum() / (k * len(fake)),
        "coverage": inside.any(dim=1).double().mean(),
    }
