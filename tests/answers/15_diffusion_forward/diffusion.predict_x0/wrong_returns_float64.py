# breaks: the result is of the type that the docstring promises
def predict_x0(xt, t, eps, alpha_bar):
    kept = alpha_bar.double()[t - 1].reshape(-1, *[1] * (xt.dim() - 1))
    return (xt - (1 - kept).sqrt() * eps) / kept.sqrt()
