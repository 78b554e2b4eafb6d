# breaks: noising the result with the same eps leads back to xt, at each item's own step | mistake: one step late
def predict_x0(xt, t, eps, alpha_bar):
    a = alpha_bar.tolist()
    out = xt.clone()
    for i, n in enumerate(t.tolist()):
        out[i] = (xt[i] - (1 - a[n]) ** 0.5 * eps[i]) / a[n] ** 0.5
    return out
