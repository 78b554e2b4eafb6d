def wide_q():
    return (4.0, 5.0)


def sure_q():
    return (-0.3, 1 / 8)
