# breaks: alpha_bar of that schedule turns negative and later positive again | mistake: negative for ever
def positive_again():
    beta = [0.1] * 3
    beta.append(1.5)
    beta.extend([0.2, 0.9])
    return beta
