# breaks: the two steps of top_down multiply to the posterior: no gap is left


def top_down(x, W, s):
    w1, w2 = W.T
    v1, v2 = 1 / (1 + w1 @ w1 / s**2), 1 / (1 + w2 @ w2 / s**2)  # each latent as if it were alone
    m2 = v2 * (w2 @ x) / s**2
    slope = -v1 * (w1 @ w2) / s**2
    return {"mu_2": m2, "sigma_2": v2.sqrt(), "offset": v1 * (w1 @ x) / s**2, "slope": slope, "sigma_1": v1.sqrt()}
