# breaks: each prior's distance from the true distribution of x_T, in nats
import math


def ve_prior_gaps(mean, var, T, sigma):
    noise, whole = max(T * sigma**2, 1e-6), var + T * sigma**2

    def kl(m, v):
        return 0.5 * (whole / v + (mean - m) ** 2 / v - 1 - math.log(whole / v))

    return {"noise": kl(0, noise), "mean": kl(mean, noise), "spread": kl(0, whole), "both": kl(mean, whole)}
