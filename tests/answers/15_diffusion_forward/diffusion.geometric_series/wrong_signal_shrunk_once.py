# breaks: line 2 puts the step before into the signal of line 1 | mistake: only one root of alpha on the signal
import math


def unroll_twice(x_prev2, eps_old, eps_new, alpha):
    root, spread = math.sqrt(alpha), math.sqrt(1 - alpha)
    before = {"signal": x_prev2, "noise": spread * eps_old}
    return {"signal": root * before["signal"], "old_noise": root * before["noise"], "new_noise": spread * eps_new}
