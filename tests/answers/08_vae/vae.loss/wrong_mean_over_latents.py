# breaks: with a decoder that looks away, what the latents cost is beta times KL(q ‖ N(0, I)), whole | mistake: the divergence averaged over the latents
def nelbo(levels, mu, sigma, eps, log_p, beta):
    kl = 0.5 * (sigma**2 + mu**2 - 1 - (sigma**2).log())
    return -log_p(mu + sigma * eps, levels).sum(-1) + beta * kl.mean(-1)
