# breaks: no stack of masked k × k convolutions, however deep, sees your pixel


def blind_pixel(k):
    return 1, 20
