# breaks: alpha_bar_t is the product of all 1 − beta_s up to and including s = t
def alpha_bar(beta):
    return (1 - beta).cumprod(0).clamp(min=1e-8)
