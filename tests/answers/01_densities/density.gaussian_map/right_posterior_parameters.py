def gaussian_map(x, m0, kappa0, alpha0, beta0):
    n = x.shape[0]
    kappa, alpha = kappa0 + n, alpha0 + n / 2
    m = (kappa0 * m0 + float(x.sum())) / kappa
    beta = beta0 + 0.5 * float(((x - x.mean()) ** 2).sum()) + 0.5 * kappa0 * n / kappa * (float(x.mean()) - m0) ** 2
    return {"mu": m, "variance": beta / (alpha + 1.5), "variance_log_sigma": beta / (alpha + 0.5)}
