# breaks: each term is f less the baseline, times the derivative of log q at its own sample
def score_terms(f, z, mu, sigma, baseline=0.0):
    s = sigma.clamp(min=1e-4)
    gain = (f(z) - baseline)[:, None]
    return gain * (z - mu) / s**2, gain * ((z - mu) ** 2 / s**3 - 1 / s)
