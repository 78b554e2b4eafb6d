# breaks: in bins of width 1 the bits are the nats over D log 2 | mistake: nats for bits
import math


def bits_per_dim(nats, dims, levels, low, high):
    return nats / dims - math.log((high - low) / levels)
