# breaks: in bins of width 1 the bits are the nats over D log 2 | mistake: levels without their range
import math


def bits_per_dim(nats, dims, levels, low, high):
    return (nats / dims + math.log(levels)) / math.log(2)
