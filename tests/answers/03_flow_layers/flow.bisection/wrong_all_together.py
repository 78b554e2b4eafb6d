# breaks: rising takes the result to y, at every entry by itself | mistake: one decision for all entries
def bisect(rising, y, low, high):
    for _ in range(80):
        middle = (low + high) / 2
        if (rising(middle) < y).all():
            low = middle
        else:
            high = middle
    return (low + high) / 2
