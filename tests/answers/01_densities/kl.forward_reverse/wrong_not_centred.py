# breaks: the forward fit has the mean of the mixture and its whole variance | mistake: the mean not taken off
def forward_fit(weights, mus, sigmas):
    mu = (weights * mus).sum()
    return {"mu": float(mu), "sigma": float((weights * (sigmas**2 + mus**2)).sum().sqrt())}
