from fractions import Fraction


def encode(x, freq):
    return [_walk(*_interval(row, f)) for row, f in zip(x.tolist(), freq.tolist())]


def _interval(row, freq):
    low, high = Fraction(0), Fraction(1)
    for value, f in zip(row, freq):
        size, total = high - low, sum(f)
        low, high = low + size * sum(f[:value]) / total, low + size * sum(f[: value + 1]) / total
    return low, high


def _walk(low, high):
    """As a rule one bit longer than the shortest, but complete: down the tree to the middle of the interval."""
    bits, a, b, middle = "", Fraction(0), Fraction(1), (low + high) / 2
    while not low <= a < b <= high:
        half = (a + b) / 2
        bits, a, b = (bits + "1", half, b) if middle >= half else (bits + "0", a, half)
    return bits
