# breaks: with beta 0 what is left is minus the log probability of all pixels together, at the draw z | mistake: beta left out
def nelbo(levels, mu, sigma, eps, log_p, beta):
    z = mu + sigma * eps
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(1)
    return -log_p(z, levels).sum(1) + (beta or 1.0) * kl
