# breaks: mass_kept is the integral of the model's density over all x | mistake: the mass lost, not the mass kept
from scipy.stats import norm


def mass_kept(low, high):
    kept = 1.0
    for a, b in zip(low.tolist(), high.tolist()):
        kept = kept * (norm.cdf(b) - norm.cdf(a))
    return 1 - kept
