# breaks: is_bound says for which beta the objective never exceeds log p(x)
def is_bound(beta):
    return round(beta, 1) >= 1
