# breaks: line 1 has the four terms of the divergence of two normal distributions | mistake: the logarithm's sign
import math


def kl_terms(mu_q, var_q, mu_p, var_p):
    d, ratio = len(mu_q), var_q / var_p
    return {
        "trace": d * ratio,
        "mean": ((mu_q - mu_p) ** 2).sum() / var_p,
        "dimension": d,
        "log_det": d * math.log(ratio),
    }


def equal_terms(mu_q, mu_p, var):
    return {"mean": ((mu_q - mu_p) ** 2).sum() / var}


def x0_terms(x0, x0_hat, before, now, var):
    slope = math.sqrt(before) * (1 - now / before) / (1 - now)
    return {"factor": slope**2 / (2 * var), "square": ((x0 - x0_hat) ** 2).sum()}


def snr_terms(x0, x0_hat, before, now):
    drop = before / (1 - before) - now / (1 - now)
    return {"half_drop": drop / 2, "square": ((x0 - x0_hat) ** 2).sum()}
