# breaks: variance is σ² at the highest point of the density of (mu, σ²) | mistake: alpha0 counted once
def gaussian_map(x, m0, kappa0, alpha0, beta0):
    n = len(x)
    xb = float(x.double().mean())
    S = float(((x.double() - xb) ** 2).sum())
    E = 2 * beta0 + S + kappa0 * n / (kappa0 + n) * (xb - m0) ** 2
    return {
        "mu": (kappa0 * m0 + n * xb) / (kappa0 + n),
        "variance": E / (alpha0 + n + 3),
        "variance_log_sigma": E / (alpha0 + n + 1),
    }
