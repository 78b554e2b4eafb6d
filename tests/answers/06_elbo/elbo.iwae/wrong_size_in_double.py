# breaks: the result is of the type that the docstring promises
def effective_sample_size(log_w):
    share = log_w.double().softmax(0)
    return 1 / (share**2).sum(0)
