# breaks: variance_log_sigma is σ² at the highest point of the density of (mu, log σ)
def gaussian_map(x, m0, kappa0, alpha0, beta0):
    n, xbar = len(x), x.mean()
    S = ((x - xbar) ** 2).sum()
    mu = (kappa0 * m0 + n * xbar) / (kappa0 + n)
    E = 2 * beta0 + S + kappa0 * n * (xbar - m0) ** 2 / (kappa0 + n)
    return {"mu": mu, "variance": E / (2 * alpha0 + n + 3), "variance_log_sigma": E / (2 * alpha0 + n + 5)}
