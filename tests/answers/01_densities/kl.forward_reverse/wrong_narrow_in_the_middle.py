# breaks: at each of the three points the reverse divergence is lower than all around | mistake: all three on one curve
def reverse_minima(m):
    return [(-m, 1.0), (0.0, 1.0), (m, 1.0)]
