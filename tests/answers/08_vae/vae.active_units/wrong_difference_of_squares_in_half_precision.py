# breaks: the spread is the variance over the pictures of each unit's mean
def active_units(mu, threshold):
    half = mu.half()
    spread = (half.float().pow(2).mean(0) - half.float().mean(0) ** 2).to(mu)
    return {"spread": spread, "active": spread > threshold}
