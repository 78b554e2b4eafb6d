# breaks: the answer is a pair of tensors, each of the shape of z
def score_terms(f, z, mu, sigma, baseline=0.0):
    gain = (f(z) - baseline).unsqueeze(1)
    u = (z - mu) / sigma
    return (gain * u / sigma).squeeze(), (gain * (u**2 - 1) / sigma).squeeze()
