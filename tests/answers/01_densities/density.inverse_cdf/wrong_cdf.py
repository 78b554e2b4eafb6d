# breaks: the exponential sample has the probability u below it | mistake: the distribution function itself
def sample_exponential(u, rate):
    return 1 - (-rate * u).exp()
