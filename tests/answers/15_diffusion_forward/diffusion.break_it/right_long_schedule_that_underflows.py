# alpha_bar is far below the smallest float when its sign turns: it is negative all the same; prints
import math


def first_bad_root(beta):
    sign = 1
    for n, b in enumerate(beta.tolist(), start=1):
        sign *= 0 if b == 1 else math.copysign(1, 1 - b)
        print(n, sign)
        if sign < 0:
            return float(n)
    return None


def positive_again():
    return [0.999] * 150 + [1.5, 1.5]
