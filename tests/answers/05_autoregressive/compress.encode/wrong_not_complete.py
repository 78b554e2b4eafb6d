# breaks: it stays there whatever bits follow, so that strings can stand one after the other | mistake: any number in the interval


def encode(x, freq):
    return [_bits(row, f) for row, f in zip(x.tolist(), freq.tolist())]


def _bits(row, freq):
    low, size, whole = 0, 1, 1
    for value, f in zip(row, freq):
        low, size, whole = low * sum(f) + size * sum(f[:value]), size * f[value], whole * sum(f)
    length = 0
    while size << length < whole:
        length += 1
    m = -((-low << length) // whole)
    return format(m, f"0{length}b") if length else ""
