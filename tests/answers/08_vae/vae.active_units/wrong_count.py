# breaks: there is a spread and a verdict, True or False, for each unit
def active_units(mu, threshold):
    spread = mu.var(dim=0)
    return {"spread": spread, "active": int((spread > threshold).sum())}
