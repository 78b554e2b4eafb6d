# breaks: the model is told each item's own time, counted from 1 | mistake: the model is told t − 1
def ddpm_loss(model, x0, t, eps, alpha_bar):
    i = t - 1
    a = alpha_bar[i].reshape(-1, *[1] * (x0.dim() - 1))
    return ((eps - model(a.sqrt() * x0 + (1 - a).sqrt() * eps, i)) ** 2).mean()
