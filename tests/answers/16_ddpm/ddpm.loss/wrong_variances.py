# breaks: the loss is the mean over all entries of the squared distance to the noise in x_t | mistake: roots forgotten
def ddpm_loss(model, x0, t, eps, alpha_bar):
    a = alpha_bar[t - 1].reshape(-1, *[1] * (x0.dim() - 1))
    return ((eps - model(a * x0 + (1 - a) * eps, t)) ** 2).mean()
