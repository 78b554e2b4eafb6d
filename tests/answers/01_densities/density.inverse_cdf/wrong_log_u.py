# breaks: the exponential sample has the probability u below it | mistake: the decreasing twin
def sample_exponential(u, rate):
    return -u.log() / rate
