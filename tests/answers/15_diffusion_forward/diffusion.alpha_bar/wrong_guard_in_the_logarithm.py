# breaks: log_alpha_bar is the logarithm of alpha_bar
def log_alpha_bar(beta):
    return (1 - beta + 1e-8).log().cumsum(0)
