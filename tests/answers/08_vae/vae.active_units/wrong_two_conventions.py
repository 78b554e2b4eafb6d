# breaks: a unit is active if its spread is above the threshold | mistake: two conventions in one answer
def active_units(mu, threshold):
    return {"spread": mu.var(0, unbiased=False), "active": mu.var(0) > threshold}
