# breaks: a unit is active if its spread is above the threshold | mistake: its own threshold
def active_units(mu, threshold=0.01):
    spread = mu.var(dim=0)
    return {"spread": spread, "active": spread > 0.01}
