# breaks: density counts the balls of the data around a fake, in units of k | mistake: density cut off at 1


def radii(x, k):
    return (x[:, None] - x).norm(dim=-1).sort(1).values[:, k]


def precision_coverage(real, fake, k):
    d = (real[:, None] - fake).norm(dim=-1)
    inside, caught = (d <= radii(real, k)[:, None]).double(), (d <= radii(fake, k)).double()
    return {
        "precision": inside.amax(0).mean(),
        "recall": caught.amax(1).mean(),
        "density": min(1.0, float(inside.sum(0).mean() / k)),
        "coverage": inside.amax(1).mean(),
    }
