def ddpm_loss(model, x0, t, eps, alpha_bar):
    total = 0
    for i in range(len(x0)):
        a = alpha_bar[t[i] - 1]
        xt = a.sqrt() * x0[i] + (1 - a).sqrt() * eps[i]
        total = total + ((eps[i] - model(xt[None], t[i : i + 1])[0]) ** 2).sum()
    return total / x0.numel()
