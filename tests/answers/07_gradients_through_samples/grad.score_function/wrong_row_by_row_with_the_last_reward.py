# breaks: each term is f less the baseline, times the derivative of log q at its own sample
def score_terms(f, z, mu, sigma, baseline=0.0):
    for row in z:
        gain = f(row.unsqueeze(0)) - baseline  # overwritten in every round
    u = (z - mu) / sigma
    return gain * u / sigma, gain * (u**2 - 1) / sigma
