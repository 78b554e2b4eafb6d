# breaks: each term is f less the baseline, times the derivative of log q at its own sample
def score_terms(f, z, mu, sigma, baseline=0.0):
    reward = f(z)[:, None]
    d_mu = (reward - baseline) * (z - mu) / sigma**2
    d_sigma = reward * ((z - mu) ** 2 - sigma**2) / sigma**3
    return d_mu, d_sigma
