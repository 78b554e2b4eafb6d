# breaks: first_bad_root is the first n at which alpha_bar_n is negative
def first_bad_root(beta):
    negative = (1 - beta).cumprod(0) < 0
    return int(negative.int().argmax()) + 1
