# breaks: with a decoder that looks away, what the latents cost is beta times KL(q ‖ N(0, I)), whole
def nelbo(levels, mu, sigma, eps, log_p, beta):
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(1)
    return -log_p(mu + sigma * eps, levels).sum(1) + min(beta, 1.0) * kl
