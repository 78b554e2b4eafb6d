# breaks: a unit is active if its spread is above the threshold | mistake: active at the threshold itself
def active_units(mu, threshold):
    spread = mu.var(0, unbiased=False)
    return {"spread": spread, "active": spread >= threshold}
