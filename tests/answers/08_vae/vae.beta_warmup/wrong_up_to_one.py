# breaks: is_bound says for which beta the objective never exceeds log p(x) | mistake: small weights are safe
def is_bound(beta):
    return 0 <= beta <= 1
