# breaks: for every eta the step keeps the marginals: the shares of eps and noise add up to 1 − ᾱ′ | mistake: standard deviations subtracted
import math


def ddim_step(xt, eps, noise, now, before, eta):
    sigma = eta * math.sqrt((1 - before) / (1 - now)) * math.sqrt(1 - now / before)
    x0_hat = (xt - math.sqrt(1 - now) * eps) / math.sqrt(now)
    return math.sqrt(before) * x0_hat + math.sqrt(1 - before) * eps + sigma * (noise - eps)
