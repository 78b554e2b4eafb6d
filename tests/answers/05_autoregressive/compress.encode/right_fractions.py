import math
from fractions import Fraction


def encode(x, freq):
    out = []
    for row, rows in zip(x, freq):
        low, size = Fraction(0), Fraction(1)
        for value, f in zip(row, rows):
            total = int(f.sum())
            low += size * Fraction(int(f[:value].sum()), total)
            size *= Fraction(int(f[value]), total)
        bits = ""
        length = 0
        while not (math.ceil(low * 2**length) + 1) / Fraction(2**length) <= low + size:
            length += 1
        m = math.ceil(low * 2**length)
        for place in reversed(range(length)):
            bits += str(m >> place & 1)
        out.append(bits)
    return out
