# breaks: alpha_bar of that schedule turns negative and later positive again
def positive_again():
    return [1.0, 1.5, 1.5]
