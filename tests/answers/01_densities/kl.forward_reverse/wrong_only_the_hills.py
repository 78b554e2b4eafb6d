# breaks: at each of the three points the reverse divergence is lower than all around
def reverse_minima(m):
    return [(-m, 1.0), (m, 1.0), (m + 1.5, 1.0)]
