# breaks: the witness is a slope between −1 and 1 for which n terms are off by 0.1 or more | mistake: a tame slope
def slow_slope(n):
    return 0.999999
