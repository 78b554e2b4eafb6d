# breaks: chain_nelbo: each rung costs −log p(x_k | x_<k), and all pictures together have the probability one | mistake: the logarithm of a sigmoid
def chain_nelbo(x, A, b):
    l = b + x @ A.tril(-1).T
    kl = -(x * l.sigmoid() + (1 - x) * (1 - l.sigmoid())).log()
    return {"kl": kl, "nelbo": kl.sum(1)}
