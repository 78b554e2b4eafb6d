# breaks: the spread is the variance over the pictures of each unit's mean | mistake: not centred
def active_units(mu, threshold):
    spread = mu.pow(2).mean(dim=0)
    return {"spread": spread, "active": spread > threshold}
