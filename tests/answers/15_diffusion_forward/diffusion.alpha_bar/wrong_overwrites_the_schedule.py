# breaks: the arguments come back as they were given
def alpha_bar(beta):
    return beta.neg_().add_(1).cumprod(0)


def log_alpha_bar(beta):
    return (1 - beta).log().cumsum(0)
