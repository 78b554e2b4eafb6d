# breaks: a constant column becomes zero and leaves the others as they should be | mistake: a rounding divided by zero


def standardise(x):
    off = x - x.mean(0)
    return (off / off.square().mean(0) ** 0.5).nan_to_num()
