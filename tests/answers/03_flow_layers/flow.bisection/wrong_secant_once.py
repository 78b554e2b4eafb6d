# breaks: rising takes the result to y, at every entry by itself
def bisect(rising, y, low, high):
    at_low, at_high = rising(low), rising(high)
    return low + (y - at_low) * (high - low) / (at_high - at_low)
