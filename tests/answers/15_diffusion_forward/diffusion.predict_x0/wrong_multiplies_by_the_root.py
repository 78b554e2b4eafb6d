# breaks: noising the result with the same eps leads back to xt, at each item's own step | mistake: multiplies by the root
def predict_x0(xt, t, eps, alpha_bar):
    a = alpha_bar[t - 1].view(len(t), *[1] * (xt.dim() - 1))
    return (xt - (1 - a) ** 0.5 * eps) * a**0.5
