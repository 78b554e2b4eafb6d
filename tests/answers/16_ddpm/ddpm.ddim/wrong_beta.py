# breaks: with eta = 1 it is the step back by Bayes' rule, noise of variance beta_tilde included | mistake: beta for beta tilde
import math


def ddim_step(xt, eps, noise, now, before, eta):
    x0 = (xt - math.sqrt(1 - now) * eps) / math.sqrt(now)
    sigma = eta * math.sqrt(1 - now / before)
    return math.sqrt(before) * x0 + math.sqrt(max(1 - before - sigma**2, 0)) * eps + sigma * noise
