# breaks: for a tiny u it keeps its digits | mistake: digits lost in 1 − u
def sample_exponential(u, rate):
    return -(1 - u).log() / rate
