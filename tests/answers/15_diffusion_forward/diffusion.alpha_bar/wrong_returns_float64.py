# breaks: the result is of the type that the docstring promises
def alpha_bar(beta):
    return (1 - beta.double()).cumprod(-1)


def log_alpha_bar(beta):
    return (1 - beta.double()).log().cumsum(-1)
