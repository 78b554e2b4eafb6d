import math


def bits_per_dim(nats, dims, levels, low, high):
    return nats * math.log2(math.e) / dims + math.log2(levels / (high - low))
