# breaks: a uniform density over all levels costs log2 of their number | mistake: one level too few
import math


def bits_per_dim(nats, dims, levels, low, high):
    return (nats / dims - math.log((high - low) / (levels - 1))) / math.log(2)
