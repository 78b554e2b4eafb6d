# breaks: every column has unit variance | mistake: another measure of spread
def standardise(x):
    x = x - x.mean(0)
    largest = x.abs().amax(0)
    largest[largest == 0] = 1
    return x / largest
