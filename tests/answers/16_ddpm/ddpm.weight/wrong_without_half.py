# breaks: the weight times the squared error in eps is the divergence of the two reverse steps | mistake: no one half
def eps_weight(beta, variance):
    return beta**2 / (variance * (1 - beta) * (1 - (1 - beta).cumprod(0)))
