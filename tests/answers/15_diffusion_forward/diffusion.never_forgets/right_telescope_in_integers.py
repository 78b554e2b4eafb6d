# the product telescopes; whole numbers where they are whole
def never_forgets():
    return 1, 2, 1 / 2


def never_forgets_either():
    return 1.0, 2.5, 0.696155
