# breaks: mu is the mean of the data and of kappa0 further points at m0 | mistake: mu from the data alone
def gaussian_map(x, m0, kappa0, alpha0, beta0):
    n = len(x)
    xb = float(x.double().mean())
    S = float(((x.double() - xb) ** 2).sum())
    E = 2 * beta0 + S + kappa0 * n / (kappa0 + n) * (xb - m0) ** 2
    return {"mu": xb, "variance": E / (2 * alpha0 + n + 3), "variance_log_sigma": E / (2 * alpha0 + n + 1)}
