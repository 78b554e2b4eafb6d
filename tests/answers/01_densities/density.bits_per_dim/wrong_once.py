# breaks: in other bins the logarithm of the width is taken off once for each dimension | mistake: the width counted once for the whole picture
import math


def bits_per_dim(nats, dims, levels, low, high):
    return (nats - math.log((high - low) / levels)) / dims / math.log(2)
