# breaks: alpha_bar of that schedule turns negative and later positive again | mistake: never negative
def positive_again():
    return [0.5, 0.99, 1 - 1e-9, 0.9]
