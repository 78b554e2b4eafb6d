# breaks: the mean is that of the posterior in which x0 is what x_t and eps make it | mistake: alpha_bar for alpha under the mean
def mean_from_eps(xt, t, eps, beta):
    bars = (1 - beta).cumprod(0)[t - 1].reshape(-1, *[1] * (xt.dim() - 1))
    b = beta[t - 1].reshape(bars.shape)
    return (xt - b / (1 - bars).sqrt() * eps) / bars.sqrt()
