# breaks: with eta = 1 it is the step back by Bayes' rule, noise of variance beta_tilde included | mistake: sigma without its root
def ddim_step(xt, eps, noise, now, before, eta):
    x0 = (xt - (1 - now) ** 0.5 * eps) / now**0.5
    sigma = eta * (1 - before) / (1 - now) * (1 - now / before)
    return before**0.5 * x0 + (1 - before - sigma**2) ** 0.5 * eps + sigma * noise
