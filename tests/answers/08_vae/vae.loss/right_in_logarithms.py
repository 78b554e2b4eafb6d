# sigma by way of its logarithm, and log1p-like grouping
def nelbo(levels, mu, sigma, eps, log_p, beta):
    log_var = 2 * sigma.log()
    kl = -0.5 * (1 + log_var - mu.pow(2) - sigma.pow(2)).sum(-1)
    return -log_p(eps.mul(sigma).add(mu), levels).sum(-1) + kl * beta
