# half of the mean squared difference of two pictures
def active_units(mu, threshold):
    apart = (mu[:, None] - mu[None]).square().mean((0, 1)) / 2
    return {"spread": apart, "active": ~(apart <= threshold)}
