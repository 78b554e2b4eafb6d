# breaks: where only the first axiom is broken, an event of negative probability is named
def broken_axiom(P):
    P = P.tolist()
    if min(P) < -1e-6:
        return [1, 1]
    if abs(P[-1] - 1) > 1e-6:
        return [2]
    good = all(abs(P[a | b] - P[a] - P[b]) < 1e-6 for a in range(len(P)) for b in range(len(P)) if not a & b)
    return [] if good else [3, 1, 2]
