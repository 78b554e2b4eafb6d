# breaks: there is a string of zeros and ones for each row


def encode(x, freq):
    low, size, whole = 0, 1, 1
    for row, rows in zip(x.tolist(), freq.tolist()):
        for value, f in zip(row, rows):
            low, size, whole = low * sum(f) + size * sum(f[:value]), size * f[value], whole * sum(f)
    length = 0
    while True:
        m = -((-low << length) // whole)
        if (m + 1) * whole <= (low + size) << length:
            return format(m, f"0{length}b") if length else ""
        length += 1
