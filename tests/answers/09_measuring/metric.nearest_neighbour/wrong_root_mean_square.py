# breaks: the first number is the mean distance of a fake to the nearest training sample | mistake: the root mean square
def neighbour_ratio(train, fake, test):
    a, b = ((s[:, None] - train).square().sum(-1).amin(1).mean().sqrt() for s in (fake, test))
    return {"fake": a, "real": b, "ratio": a / b}
