# breaks: in other bins the logarithm of the width is taken off once for each dimension | mistake: half of it in bits
import math


def bits_per_dim(nats, dims, levels, low, high):
    return nats / dims / math.log(2) - math.log((high - low) / levels)
