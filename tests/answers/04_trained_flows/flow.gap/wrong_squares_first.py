# breaks: its standard error is that of the differences, point by point | mistake: a difference of large numbers
def paired_gap(log_p, log_q):
    d = log_p - log_q
    return {"gap": d.mean(), "error": (((d**2).mean() - d.mean() ** 2) / (len(d) - 1)).clamp(min=0).sqrt()}


def better(log_a, log_b):
    d = log_a - log_b
    gap, error = float(d.mean()), float(d.std()) / len(d) ** 0.5
    return int(gap > 2 * error) - int(gap < -2 * error)
