# breaks: noising the result with the same eps leads back to xt, at each item's own step | mistake: clipped to the range of pictures
def predict_x0(xt, t, eps, alpha_bar):
    a = alpha_bar[t - 1].reshape(-1, *[1] * (xt.dim() - 1))
    return ((xt - (1 - a).sqrt() * eps) / a.sqrt()).clamp(-1, 1)
