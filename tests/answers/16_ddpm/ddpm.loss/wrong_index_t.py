# breaks: for data that are one point the loss is 0 if the model knows it, and d² times the SNR if it is off by d | mistake: one step late
def ddpm_loss(model, x0, t, eps, alpha_bar):
    a = alpha_bar[t].reshape(-1, *[1] * (x0.dim() - 1))
    xt = a.sqrt() * x0 + (1 - a).sqrt() * eps
    return ((eps - model(xt, t)) ** 2).mean()
