# breaks: the loss is the mean over all entries of the squared distance to the noise in x_t | mistake: summed and not averaged
def ddpm_loss(model, x0, t, eps, alpha_bar):
    a = alpha_bar[t - 1].reshape(-1, *[1] * (x0.dim() - 1))
    gap = (eps - model(a.sqrt() * x0 + (1 - a).sqrt() * eps, t)) ** 2
    return gap.flatten(1).sum(1).mean() if gap.dim() > 1 else gap.sum() / len(gap)
