# breaks: every step has the variance that Bayes' rule gives, and exactly x0 is left at t = 1 | mistake: beta for beta tilde
def posterior_variance(beta):
    return 1 - (1 - beta)
