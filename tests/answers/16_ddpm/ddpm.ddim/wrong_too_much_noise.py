# breaks: for every eta the step keeps the marginals: the shares of eps and noise add up to 1 − ᾱ′ | mistake: the old noise at full size
import math


def ddim_step(xt, eps, noise, now, before, eta):
    x0 = (xt - math.sqrt(1 - now) * eps) / math.sqrt(now)
    sigma = eta * math.sqrt((1 - before) / (1 - now) * (1 - now / before))
    return math.sqrt(before) * x0 + math.sqrt(1 - before) * eps + sigma * noise
