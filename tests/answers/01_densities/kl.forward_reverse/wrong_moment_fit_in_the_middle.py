# breaks: at each of the three points the reverse divergence is lower than all around | mistake: the forward fit in the middle
def reverse_minima(m):
    return [[-m, 1.0], [0.0, (1 + m * m) ** 0.5], [m, 1.0]]
