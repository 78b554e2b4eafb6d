# the product telescopes; whole numbers where they are whole
def never_forgets():
    return 1, 2, 1 / 2
