# breaks: with a decoder that looks away, what the latents cost is beta times KL(q ‖ N(0, I)), whole
def nelbo(levels, mu, sigma, eps, log_p, beta):
    # as in the famous code, where the encoder gives log sigma²
    z = mu + (0.5 * sigma).exp() * eps
    kl = -0.5 * (1 + sigma - mu**2 - sigma.exp()).sum(1)
    return -log_p(z, levels).sum(1) + beta * kl
