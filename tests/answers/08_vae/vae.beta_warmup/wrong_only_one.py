# breaks: is_bound says for which beta the objective never exceeds log p(x) | mistake: only the ELBO is a bound
def is_bound(beta):
    return abs(beta - 1) < 1e-9
