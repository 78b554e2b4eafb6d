def broken_axiom(P):
    P = [float(p) for p in P]
    K = len(P).bit_length() - 1
    if abs(P[0]) > 1e-6:
        return [3, 0, 0]
    for A in range(1, len(P)):
        low = A & -A
        if abs(P[A] - P[A ^ low] - P[low]) > 1e-6:
            return [3, A ^ low, low]
    for k in range(K):
        if P[1 << k] < 0:
            return [1, 1 << k]
    return [] if abs(P[-1] - 1) <= 1e-6 else [2]


def too_much(f, mass):
    if f in ("exp(-x^2)", "exp(-|x|)", "1/(1+x^2)"):
        return []
    return [-1e60, 1e60]
