# breaks: for every eta the step keeps the marginals: the shares of eps and noise add up to 1 − ᾱ′ | mistake: eta under the root
import math


def ddim_step(xt, eps, noise, now, before, eta):
    x0 = (xt - math.sqrt(1 - now) * eps) / math.sqrt(now)
    sigma = math.sqrt(eta) * math.sqrt((1 - before) / (1 - now) * (1 - now / before))
    return math.sqrt(before) * x0 + math.sqrt(1 - before - sigma**2) * eps + sigma * noise
