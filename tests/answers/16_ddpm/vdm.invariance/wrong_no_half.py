# breaks: the limit for normal data is the integral of half the price between the ends | mistake: the half forgotten
import math


def normal_limit(snr_0, snr_T, s):
    return math.log(1 + s**2 * snr_0) - math.log(1 + s**2 * snr_T)
