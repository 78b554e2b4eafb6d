# breaks: numbers that are a probability are accused of nothing | mistake: the whole is event 3
def broken_axiom(P):
    M = len(P)
    for A in range(M):
        if P[A] < 0:
            return [1, A]
    if abs(P[3] - 1) > 1e-6:
        return [2]
    for A in range(M):
        for B in range(M):
            if A & B == 0 and abs(P[A | B] - P[A] - P[B]) > 1e-6:
                return [3, A, B]
    return []
