# breaks: each term is f less the baseline, times the derivative of log q at its own sample | mistake: by another parameter


def score_terms(f, z, mu, sigma, baseline=0.0):
    gain = (f(z) - baseline).unsqueeze(1)
    var = sigma**2
    return gain * (z - mu) / var, gain * ((z - mu) ** 2 / var**2 - 1 / var) / 2
