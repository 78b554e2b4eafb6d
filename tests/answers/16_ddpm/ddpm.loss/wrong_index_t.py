# breaks: for the exact denoiser of a single point the loss is 0, its minimum | mistake: one step late
def ddpm_loss(model, x0, t, eps, alpha_bar):
    a = alpha_bar[t].reshape(-1, *[1] * (x0.dim() - 1))
    xt = a.sqrt() * x0 + (1 - a).sqrt() * eps
    return ((eps - model(xt, t)) ** 2).mean()
