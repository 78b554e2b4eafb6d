# breaks: line 1 is one step: the signal from x_{t−1} and the newest noise
import math


def unroll_once(x_prev, eps_new, alpha):
    alpha = min(max(alpha, 1e-4), 1 - 1e-4)
    return {"signal": math.sqrt(alpha) * x_prev, "new_noise": math.sqrt(1 - alpha) * eps_new}
