# breaks: there is a spread and a verdict, True or False, for each unit | mistake: the wrong axis
def active_units(mu, threshold):
    spread = mu.var(dim=1)
    return {"spread": spread, "active": spread > threshold}
