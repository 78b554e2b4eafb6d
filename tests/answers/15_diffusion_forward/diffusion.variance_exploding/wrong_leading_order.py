# breaks: each prior's distance from the true distribution of x_T, in nats
# the text's approximation for a wrong spread, a quarter of the squared ratio, wherever the ratio is small
import math


def ve_prior_gaps(mean, var, T, sigma):
    noise = T * sigma**2
    ratio = var / noise
    spread = ratio**2 / 4 if ratio < 0.03 else (ratio - math.log1p(ratio)) / 2
    return {
        "noise": spread + mean**2 / (2 * noise),
        "mean": spread,
        "spread": mean**2 / (2 * (var + noise)),
        "both": 0.0,
    }
