# breaks: with eta = 0 the same x0_hat and the same eps are mixed anew, with less noise | mistake: eta forgotten
import math


def ddim_step(xt, eps, noise, now, before, eta):
    x0 = (xt - math.sqrt(1 - now) * eps) / math.sqrt(now)
    sigma = math.sqrt((1 - before) / (1 - now) * (1 - now / before))
    return math.sqrt(before) * x0 + math.sqrt(1 - before - sigma**2) * eps + sigma * noise
