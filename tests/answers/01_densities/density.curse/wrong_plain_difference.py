# breaks: for small v the relative variance keeps its digits | mistake: digits lost in a difference
def relative_variance(v, d):
    return (v + 1.0) ** d - 1.0


def draws_needed(v, d, error):
    return ((v + 1.0) ** d - 1.0) / error**2
