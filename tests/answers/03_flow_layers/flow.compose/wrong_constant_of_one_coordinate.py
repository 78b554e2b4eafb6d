# breaks: log p(x) is the log density of the noise at z = f⁻¹(x) plus the log-determinant of the way back | mistake: the noise's constant
import math


def flow_log_p(x, layers):
    z, ladj = x, 0
    for _, inverse in reversed(layers):
        z, more = inverse(z)
        ladj = ladj + more
    return -0.5 * (z**2).sum(1) - 0.5 * math.log(2 * math.pi) + ladj
