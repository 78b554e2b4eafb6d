# breaks: each term is f less the baseline, times the derivative of log q at its own sample
def score_terms(f, z, mu, sigma, baseline=0.0):
    gain = (f(z) - baseline)[:, None]
    by_mu = ((z - mu) / sigma**2).sum(1, keepdim=True).expand_as(z)
    by_sigma = (((z - mu) ** 2 - sigma**2) / sigma**3).sum(1, keepdim=True).expand_as(z)
    return gain * by_mu, gain * by_sigma
