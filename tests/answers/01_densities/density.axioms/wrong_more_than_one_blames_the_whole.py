# breaks: where only the third axiom is broken, two disjoint events show it, be one of them empty | mistake: a number above 1 is taken for the second axiom
def broken_axiom(P):
    M = len(P)
    for A in range(M):
        if P[A] < 0:
            return [1, A]
    if (P > 1 + 1e-6).any() or abs(P[-1] - 1) > 1e-6:
        return [2]
    for A in range(M):
        for B in range(M):
            if A & B == 0 and abs(P[A | B] - P[A] - P[B]) > 1e-6:
                return [3, A, B]
    return []
