# breaks: where only the third axiom is broken, two disjoint events show it, be one of them empty | mistake: too lenient
def broken_axiom(P):
    M = len(P)
    for A in range(M):
        if P[A] < -1e-2:
            return [1, A]
    if abs(P[-1] - 1) > 1e-2:
        return [2]
    for A in range(M):
        for B in range(M):
            if A & B == 0 and abs(P[A | B] - P[A] - P[B]) > 1e-2:
                return [3, A, B]
    return []
