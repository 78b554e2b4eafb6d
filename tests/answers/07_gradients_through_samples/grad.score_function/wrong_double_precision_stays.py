# breaks: the result is of the type that the docstring promises
def score_terms(f, z, mu, sigma, baseline=0.0):
    gain = (f(z).double() - baseline)[:, None]
    u = (z.double() - mu) / sigma
    return gain * u / sigma, gain * (u**2 - 1) / sigma
