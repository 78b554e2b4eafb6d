# breaks: iwae is the logarithm of the mean weight, for log weights of ±1000 as well | mistake: mean of the logarithms
def iwae(log_w):
    total = 0
    for row in log_w:
        total = total + row / log_w.shape[0]
    return total
