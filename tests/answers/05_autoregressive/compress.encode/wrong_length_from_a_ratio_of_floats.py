# breaks: no string is longer than −log2 of the row's probability plus 2 bits
import math


def encode(x, freq):
    strings = []
    for row, table in zip(x.tolist(), freq.tolist(), strict=True):
        low, width, whole = 0, 1, 1
        for value, f in zip(row, table, strict=True):
            total = sum(f)
            low, width, whole = low * total + width * sum(f[:value]), width * f[value], whole * total
        length = max(0, math.floor(-math.log2(width / whole)))
        while True:
            m = -(-low * 2**length // whole)
            if (m + 1) * whole <= (low + width) * 2**length:
                break
            length += 1
        strings.append(format(m, f"0{length}b") if length else "")
    return strings
