# breaks: the mean is that of the posterior in which x0 is what x_t and eps make it | mistake: the noise taken off in one go
def mean_from_eps(xt, t, eps, beta):
    b = beta[t - 1].reshape(-1, *[1] * (xt.dim() - 1))
    return (xt - b.sqrt() * eps) / (1 - b).sqrt()
