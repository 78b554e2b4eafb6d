# breaks: alpha_bar_t is the product of all 1 − beta_s up to and including s = t
def alpha_bar(beta):
    alpha = 1 - beta
    for t in range(1, len(alpha)):
        alpha[t] *= alpha[:t].prod()  # the entries before t are products already
    return alpha
