# breaks: the arguments come back as they were given
import math


def unroll_once(x_prev, eps_new, alpha):
    return {"signal": math.sqrt(alpha) * x_prev, "new_noise": math.sqrt(1 - alpha) * eps_new}


def unroll_twice(x_prev2, eps_old, eps_new, alpha):
    return {
        "signal": alpha * x_prev2,
        "old_noise": math.sqrt(alpha * (1 - alpha)) * eps_old,
        "new_noise": math.sqrt(1 - alpha) * eps_new,
    }


def unroll_all(x0, eps, alpha):
    t = len(eps)
    for k in range(t):
        eps[k] *= math.sqrt(1 - alpha) * math.sqrt(alpha) ** (t - 1 - k)
    return {"signal": math.sqrt(alpha) ** t * x0, "noise": eps}


def variance_sum(t, alpha):
    return {"factor": 1 - alpha, "powers": [alpha**j for j in range(t)]}


def variance_closed(t, alpha):
    return {"variance": 1 - alpha**t}
