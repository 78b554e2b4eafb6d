# breaks: the arguments come back as they were given
def score_terms(f, z, mu, sigma, baseline=0.0):
    reward = (f(z) - baseline)[:, None]
    z -= mu
    return reward * z / sigma**2, reward * (z**2 / sigma**3 - 1 / sigma)
