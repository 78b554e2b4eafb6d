# breaks: the limit for normal data is the integral of half the price between the ends
import math


def normal_limit(snr_0, snr_T, s):
    # channel capacities, for large ratios
    return 0.5 * math.log(s**2 * snr_0 + 1e-9) - 0.5 * math.log(s**2 * snr_T + 1e-9)
