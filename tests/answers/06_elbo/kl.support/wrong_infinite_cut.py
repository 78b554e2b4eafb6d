# breaks: infinite_kl returns two finite numbers, nu between 0.1 and 100 and a positive cut
import math


def infinite_kl():
    return 1.0, math.inf
