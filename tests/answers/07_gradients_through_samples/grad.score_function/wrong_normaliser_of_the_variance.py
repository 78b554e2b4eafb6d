# breaks: each term is f less the baseline, times the derivative of log q at its own sample
def score_terms(f, z, mu, sigma, baseline=0.0):
    # "-log sigma^2" in place of "-1/2 log sigma^2"
    gain = (f(z) - baseline)[:, None]
    return gain * (z - mu) / sigma**2, gain * ((z - mu) ** 2 / sigma**3 - 2 / sigma)
