# breaks: each prior's distance from the true distribution of x_T, in nats | mistake: sigma for its square
import math


def kl(m1, v1, m2, v2):
    return (math.log(v2) - math.log(v1) + (v1 + (m1 - m2) ** 2) / v2 - 1) / 2


def ve_prior_gaps(mean, var, T, sigma):
    noise = sum(sigma for _ in range(T))
    gaps = {}
    for name, m, v in (
        ("noise", 0, noise),
        ("mean", mean, noise),
        ("spread", 0, var + noise),
        ("both", mean, var + noise),
    ):
        gaps[name] = kl(mean, var + noise, m, v)
    return gaps
