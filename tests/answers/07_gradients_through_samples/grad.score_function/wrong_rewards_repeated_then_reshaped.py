# breaks: each term is f less the baseline, times the derivative of log q at its own sample
def score_terms(f, z, mu, sigma, baseline=0.0):
    N, D = z.shape
    advantage = (f(z) - baseline).repeat(D).view(N, D)
    u = (z - mu) / sigma
    return advantage * u / sigma, advantage * (u**2 - 1) / sigma
