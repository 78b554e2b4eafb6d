# breaks: the mean is that of the posterior in which x0 is what x_t and eps make it | mistake: one step late
def mean_from_eps(xt, t, eps, beta):
    bars = (1 - beta).cumprod(0)[t].reshape(-1, *[1] * (xt.dim() - 1))
    b = beta[t].reshape(bars.shape)
    return (xt - b / (1 - bars).sqrt() * eps) / (1 - b).sqrt()
