# breaks: each prior's distance from the true distribution of x_T, in nats
import math


def ve_prior_gaps(mean, var, T, sigma):
    noise, whole = T * sigma**2, var + T * sigma**2

    def kl(m, v):
        return min(0.5 * (whole / v + (mean - m) ** 2 / v - 1 - math.log(whole / v)), 1e6)

    return {"noise": kl(0, noise), "mean": kl(mean, noise), "spread": kl(0, whole), "both": kl(mean, whole)}
