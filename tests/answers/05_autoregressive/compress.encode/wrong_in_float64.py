# breaks: the number 0.bits lies in the row's own interval, so that the row is found again


def encode(x, freq):
    return [_bits(row, f) for row, f in zip(x.tolist(), freq.tolist())]


def _bits(row, freq):
    low, size = 0.0, 1.0
    for value, f in zip(row, freq):
        low, size = low + size * sum(f[:value]) / sum(f), size * f[value] / sum(f)
    bits, a, b = "", 0.0, 1.0
    while not (low <= a and b <= low + size) and len(bits) < 200:
        half = (a + b) / 2
        bits, a, b = (bits + "1", half, b) if low + size / 2 >= half else (bits + "0", a, half)
    return bits
