# breaks: the weight times the squared error in eps is the divergence of the two reverse steps | mistake: the standard deviation squared twice
def eps_weight(beta, variance):
    return beta**2 / (2 * variance**2 * (1 - beta) * (1 - (1 - beta).cumprod(0)))
