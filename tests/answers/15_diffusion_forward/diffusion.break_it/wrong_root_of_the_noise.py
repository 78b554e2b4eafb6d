# breaks: first_bad_root is the first n at which alpha_bar_n is negative | mistake: the other root
import numpy as np


def first_bad_root(beta):
    noise = 1 - np.cumprod(1 - beta.cpu().numpy())
    bad = np.flatnonzero(noise < 0)
    return int(bad[0]) + 1 if len(bad) else None
