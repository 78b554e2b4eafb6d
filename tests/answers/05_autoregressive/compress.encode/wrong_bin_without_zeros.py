# breaks: the number 0.bits lies in the row's own interval, so that the row is found again | mistake: leading zeros lost


def encode(x, freq):
    strings = []
    for row, table in zip(x.tolist(), freq.tolist()):
        low, width, whole = 0, 1, 1
        for value, f in zip(row, table):
            T = sum(f)
            low, width, whole = low * T + width * sum(f[:value]), width * f[value], whole * T
        L = 0
        while True:
            m = -((-low << L) // whole)
            if (m + 1) * whole <= (low + width) << L:
                break
            L += 1
        strings.append(bin(m)[2:])
    return strings
