# the best q for beta = ½: precision 1 + ½
def beta_at(step, warm):
    return min(1.0, step / warm) if warm > 0 else 1


def is_bound(beta):
    return bool(beta >= 1.0)


def above_log_p():
    # maximises −½ (x − z)² − ½ · ½ z²: mean x / 1.5, and ½ · ½ log sigma² against ½ · 1.5 sigma²
    x = 8.0
    return x, x / 1.5, 3**-0.5
