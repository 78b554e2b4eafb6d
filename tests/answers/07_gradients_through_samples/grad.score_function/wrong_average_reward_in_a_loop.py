# breaks: each term is f less the baseline, times the derivative of log q at its own sample | mistake: f averaged too early


def score_terms(f, z, mu, sigma, baseline=0.0):
    reward = sum(f(row[None]).item() for row in z) / len(z)
    u = (z - mu) / sigma
    advantage = reward - baseline
    return advantage * u / sigma, advantage * (u * u - 1) / sigma
