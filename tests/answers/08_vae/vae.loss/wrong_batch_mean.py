# breaks: there is one number for each picture | mistake: one number for the batch
def nelbo(levels, mu, sigma, eps, log_p, beta):
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(1)
    return (-log_p(mu + sigma * eps, levels).sum(1) + beta * kl).mean()
