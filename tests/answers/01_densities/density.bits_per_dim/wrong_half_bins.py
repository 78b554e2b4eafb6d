# breaks: in other bins the logarithm of the width is taken off once for each dimension | mistake: bins of half the width
import math


def bits_per_dim(nats, dims, levels, low, high):
    return (nats / dims - math.log((high - low) / levels / 2)) / math.log(2)
