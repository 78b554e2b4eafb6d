# breaks: each term is f less the baseline, times the derivative of log q at its own sample | mistake: divided by the number of samples
def score_terms(f, z, mu, sigma, baseline=0.0):
    gain = (f(z) - baseline)[:, None] / len(z)
    u = (z - mu) / sigma
    return gain * u / sigma, gain * (u**2 - 1) / sigma
