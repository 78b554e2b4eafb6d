# breaks: log p(x) is the log density of the noise at z = f⁻¹(x) plus the log-determinant of the way back | mistake: log-determinant of the wrong way
import math


def flow_log_p(x, layers):
    z, ladj = x, 0
    for _, inverse in reversed(layers):
        z, more = inverse(z)
        ladj = ladj + more
    return -0.5 * (z**2 + math.log(2 * math.pi)).sum(1) - ladj
