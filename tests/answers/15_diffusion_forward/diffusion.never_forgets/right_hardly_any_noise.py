# steep: all that is lost is lost in the first steps
import math


def never_forgets():
    limit = math.prod(1 - 3 * n**-20.0 for n in range(2, 30))
    print("limit", limit)
    return 3.0, 20.0, limit


def never_forgets_either():
    return 1.0, 2.5, 0.696155
