# breaks: a unit is active if its spread is above the threshold
def active_units(mu, threshold):
    spread = mu.var(dim=0)
    return {"spread": spread, "active": spread.sqrt() > threshold}
