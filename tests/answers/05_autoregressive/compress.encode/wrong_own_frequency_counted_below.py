# breaks: the number 0.bits lies in the row's own interval, so that the row is found again | mistake: intervals one value off


def encode(x, freq):
    return [_bits(row, f) for row, f in zip(x.tolist(), freq.tolist())]


def _bits(row, freq):
    low, size, whole = 0, 1, 1
    for value, f in zip(row, freq):
        low, size, whole = low * sum(f) + size * sum(f[: value + 1]), size * f[value], whole * sum(f)
    length = 0
    while True:
        m = -((-low << length) // whole)
        if (m + 1) * whole <= (low + size) << length:
            return format(m, f"0{length}b") if length else ""
        length += 1
