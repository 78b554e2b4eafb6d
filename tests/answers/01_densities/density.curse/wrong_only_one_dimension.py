# breaks: the draws are the relative variance over the square of the relative error
def draws_needed(v, d, error):
    return v / error**2
