def encode(x, freq):
    return [_bits(row, f) for row, f in zip(x.tolist(), freq.tolist())]


def _bits(row, freq):
    low, high, whole = 0, 1, 1  # [low / whole, high / whole)
    for value, f in zip(row, freq):
        total, size = sum(f), high - low
        below = sum(f[:value])
        low, high, whole = low * total + size * below, low * total + size * (below + f[value]), whole * total
    for length in range(10_000):
        m = (low * 2**length + whole - 1) // whole
        if (m + 1) * whole <= high * 2**length:
            return bin(m + 2**length)[3:]
