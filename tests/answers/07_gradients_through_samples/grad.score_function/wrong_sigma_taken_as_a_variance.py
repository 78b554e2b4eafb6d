# breaks: on average over the noise the terms are the gradient of E f, whatever the baseline
def score_terms(f, z, mu, sigma, baseline=0.0):
    gain = (f(z) - baseline)[:, None]
    return gain * (z - mu) / sigma, gain * ((z - mu) ** 2 / sigma - 1) / (2 * sigma)
