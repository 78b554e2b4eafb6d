import numpy as np


def array(x):
    return x.cpu().numpy().astype(float)


def kl_terms(mu_q, var_q, mu_p, var_p):
    d = len(mu_q)
    gap = array(mu_q) - array(mu_p)
    return {
        "trace": d * var_q / var_p,
        "mean": gap @ gap / var_p,
        "dimension": d,
        "log_det": d * (np.log(var_p) - np.log(var_q)),
    }


def equal_terms(mu_q, mu_p, var):
    return {"mean": kl_terms(mu_q, var, mu_p, var)["mean"]}


def x0_terms(x0, x0_hat, before, now, var):
    beta = 1 - now / before
    return {"factor": before * beta**2 / (1 - now) ** 2 / (2 * var), "square": np.sum((array(x0) - array(x0_hat)) ** 2)}


def snr_terms(x0, x0_hat, before, now):
    beta = 1 - now / before
    terms = x0_terms(x0, x0_hat, before, now, (1 - before) / (1 - now) * beta)
    return {"half_drop": terms["factor"], "square": terms["square"]}
