# breaks: line 1 has the four terms of the divergence of two normal distributions | mistake: the ratio turned round
import math


def kl_terms(mu_q, var_q, mu_p, var_p):
    d = len(mu_q)
    return {
        "trace": d * var_p / var_q,
        "mean": ((mu_q - mu_p) ** 2).sum() / var_p,
        "dimension": d,
        "log_det": d * math.log(var_q / var_p),
    }
