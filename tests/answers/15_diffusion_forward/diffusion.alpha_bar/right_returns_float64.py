# at least the input's precision: float64 whatever came in
def alpha_bar(beta):
    return (1 - beta.double()).cumprod(-1)


def log_alpha_bar(beta):
    return (1 - beta.double()).log().cumsum(-1)
