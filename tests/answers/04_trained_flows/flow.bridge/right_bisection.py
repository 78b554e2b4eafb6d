import math


def Phi(u):
    return 0.5 * math.erfc(-u / math.sqrt(2))


def level(p):
    low, high = -40.0, 40.0
    for _ in range(120):
        middle = (low + high) / 2
        low, high = (middle, high) if Phi(middle) < p else (low, middle)
    return (low + high) / 2


def bridge_between_halves(delta, L):
    return Phi(delta / (2 * L)) - Phi(-delta / (2 * L))


def bridge_between(a, delta, L):
    low, high = 0.0, 1.0
    for _ in range(80):
        m = (low + high) / 2
        far = level(a * (1 - m)) + level((1 - a) * (1 - m)) < -delta / L
        low, high = (low, m) if far else (m, high)
    return low


def least_steepness(m, delta):
    return delta / (2 * level((1 + m) / 2))


def shortest_bridge(a, delta, L):
    rest = 1 - bridge_between(a, delta, L)
    return {"slope": L, "shift": delta / 2 + L * level((1 - a) * rest)}


def nats_on_the_bridge(m):
    return math.log(1 / (1 - m))
