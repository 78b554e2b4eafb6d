# breaks: each prior's distance from the true distribution of x_T, in nats | mistake: the half is forgotten
import math


def ve_prior_gaps(mean, var, T, sigma):
    noise, total = T * sigma**2, var + T * sigma**2
    wide = total / noise - 1 - math.log(total / noise)
    return {"noise": wide + mean**2 / noise, "mean": wide, "spread": mean**2 / total, "both": 0.0}
