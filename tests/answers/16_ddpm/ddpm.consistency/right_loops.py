import math


def gap(a, b):
    return sum((x - y) ** 2 for x, y in zip(a.tolist(), b.tolist()))


def kl_terms(mu_q, var_q, mu_p, var_p):
    d = len(mu_q)
    return {
        "trace": sum(var_q / var_p for _ in range(d)),
        "mean": gap(mu_q, mu_p) / var_p,
        "dimension": d,
        "log_det": d * math.log(var_p / var_q),
    }


def equal_terms(mu_q, mu_p, var):
    return {"mean": gap(mu_q, mu_p) / var}


def x0_terms(x0, x0_hat, before, now, var):
    c = math.sqrt(before) * (1 - now / before) / (1 - now)
    return {"factor": 0.5 * c * c / var, "square": gap(x0, x0_hat)}


def snr_terms(x0, x0_hat, before, now):
    return {"half_drop": 0.5 * (1 / (1 - before) - 1 / (1 - now)), "square": gap(x0, x0_hat)}
