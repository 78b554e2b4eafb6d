import math


def average(numbers):
    return sum(numbers) / len(numbers)


def value_plain(d_real, d_fake):
    return average([math.log(d) for d in d_real.tolist()]) + average([math.log1p(-d) for d in d_fake.tolist()])


def value_half(d_real, d_fake):
    return 0.5 * value_plain(d_real, d_fake)
