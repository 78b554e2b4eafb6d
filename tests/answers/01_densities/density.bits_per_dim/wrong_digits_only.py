# breaks: in bins of width 1 the bits are the nats over D log 2 | mistake: 64 for the number of pixels
import math


def bits_per_dim(nats, dims, levels, low, high):
    return (nats / 64 - math.log((high - low) / levels)) / math.log(2)
