# breaks: line 3 is the other side, Q(a) for every real a, by the error function | mistake: the logarithm of a negative number
import torch


def lognormal_cdf(a, mu, sigma):
    standard = torch.sub(torch.log(a), mu) / sigma
    return {"argument": standard / 2**0.5, "probability": torch.special.ndtr(standard)}
