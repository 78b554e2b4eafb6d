# breaks: line 7 inverts line 6: M takes each standard log-normal sample to the one at the same quantile | mistake: mu and sigma in the wrong order
import math


def solve_for_M(z, mu, sigma):
    power, factor = z**sigma, math.exp(mu * sigma)
    return {"power": power, "factor": factor, "M": power * factor}
