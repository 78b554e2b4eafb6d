# breaks: in other bins the logarithm of the width is taken off once for each dimension | mistake: the width with the wrong sign
import math


def bits_per_dim(nats, dims, levels, low, high):
    return (nats / dims + math.log((high - low) / levels)) / math.log(2)
