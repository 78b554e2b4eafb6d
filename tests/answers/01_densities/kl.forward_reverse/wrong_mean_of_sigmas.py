# breaks: the forward fit has the mean of the mixture and its whole variance
def forward_fit(weights, mus, sigmas):
    mu = (weights * mus).sum()
    return {"mu": mu, "sigma": (weights * sigmas).sum() + (weights * (mus - mu) ** 2).sum().sqrt()}
