# breaks: with eta = 0 the same x0_hat and the same eps are mixed anew, with less noise
import math


def ddim_step(xt, eps, noise, now, before, eta):
    before = min(before, 0.9999)
    sigma = eta * math.sqrt((1 - before) / (1 - now) * (1 - now / before))
    x0_hat = (xt - math.sqrt(1 - now) * eps) / math.sqrt(now)
    return math.sqrt(before) * x0_hat + math.sqrt(1 - before - sigma**2) * eps + sigma * noise
