# breaks: first_bad_root is the first n at which alpha_bar_n is negative | mistake: looks only at the last step
import math


def first_bad_root(beta):
    if math.prod(1 - b for b in beta.tolist()) < 0:
        return len(beta)
