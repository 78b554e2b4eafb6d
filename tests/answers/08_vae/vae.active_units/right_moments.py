# centred by hand
def active_units(mu, threshold):
    away = mu - mu.mean(0, keepdim=True)
    spread = away.square().sum(0).div(mu.shape[0] - 1)
    return dict(spread=spread, active=spread.gt(threshold))
