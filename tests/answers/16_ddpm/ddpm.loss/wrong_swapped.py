# breaks: for data that are one point the loss is 0 if the model knows it, and d² times the SNR if it is off by d | mistake: roots swapped
def ddpm_loss(model, x0, t, eps, alpha_bar):
    a = alpha_bar[t - 1].reshape(-1, *[1] * (x0.dim() - 1))
    return ((eps - model((1 - a).sqrt() * x0 + a.sqrt() * eps, t)) ** 2).mean()
