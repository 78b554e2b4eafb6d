# breaks: on average over the noise the terms are the gradient of E f, whatever the baseline
def score_terms(f, z, mu, sigma, baseline=0.0):
    advantage = f(z) - baseline
    advantage = ((advantage - advantage.mean()) / (advantage.std() + 1e-8))[:, None]
    return advantage * (z - mu) / sigma**2, advantage * ((z - mu) ** 2 - sigma**2) / sigma**3
