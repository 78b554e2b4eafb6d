# breaks: the spread is the variance over the pictures of each unit's mean | mistake: a difference of large squares


def active_units(mu, threshold):
    s = mu.square().mean(0) - mu.mean(0).square()
    return {"spread": s, "active": s > threshold}
