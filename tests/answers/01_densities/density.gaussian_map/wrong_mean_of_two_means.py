# breaks: mu is the mean of the data and of kappa0 further points at m0
def gaussian_map(x, m0, kappa0, alpha0, beta0):
    n, xbar = len(x), x.mean()
    S = ((x - xbar) ** 2).sum()
    mu = (m0 + xbar) / 2
    E = 2 * beta0 + S + kappa0 * n * (xbar - m0) ** 2 / (kappa0 + n)
    return {"mu": mu, "variance": E / (2 * alpha0 + n + 3), "variance_log_sigma": E / (2 * alpha0 + n + 1)}
