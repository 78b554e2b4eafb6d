# breaks: in bins of width 1 the bits are the nats over D log 2
import math


def bits_per_dim(nats, dims, levels, low, high):
    return (nats.mean() / dims - math.log((high - low) / levels)) / math.log(2) + 0 * nats
