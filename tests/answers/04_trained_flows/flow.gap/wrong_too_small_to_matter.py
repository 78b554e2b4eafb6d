# breaks: a lead of more than two paired standard errors has the sign of the better model
def paired_gap(log_p, log_q):
    d = log_p - log_q
    return {"gap": d.mean(), "error": d.std() / len(d) ** 0.5}


def better(log_a, log_b):
    d = log_a - log_b
    gap, error = float(d.mean()), float(d.std()) / len(d) ** 0.5
    if abs(gap) < 1e-3:
        return 0
    return int(gap > 2 * error) - int(gap < -2 * error)
