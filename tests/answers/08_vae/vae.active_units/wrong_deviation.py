# breaks: the spread is the variance over the pictures of each unit's mean | mistake: the standard deviation
def active_units(mu, threshold):
    spread = mu.std(dim=0)
    return {"spread": spread, "active": spread > threshold}
