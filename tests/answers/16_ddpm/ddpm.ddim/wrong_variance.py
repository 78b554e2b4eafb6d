# breaks: with eta = 1 it is the step back by Bayes' rule, noise of variance beta_tilde included | mistake: variance for standard deviation
import math


def ddim_step(xt, eps, noise, now, before, eta):
    x0 = (xt - math.sqrt(1 - now) * eps) / math.sqrt(now)
    sigma = eta * math.sqrt((1 - before) / (1 - now) * (1 - now / before))
    return math.sqrt(before) * x0 + math.sqrt(1 - before - sigma**2) * eps + sigma**2 * noise
