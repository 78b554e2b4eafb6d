# breaks: the spread is the variance over the pictures of each unit's mean
def active_units(mu, threshold):
    spread = (mu.max(0).values - mu.min(0).values) ** 2 / 4
    return {"spread": spread, "active": spread > threshold}
