# breaks: the gradients of mu and sigma come by way of the draw and of the divergence
def nelbo(levels, mu, sigma, eps, log_p, beta):
    sigma = sigma.clamp_min(0.05)
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(1)
    return -log_p(mu + sigma * eps, levels).sum(1) + beta * kl
