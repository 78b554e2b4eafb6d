# breaks: where only the third axiom is broken, two disjoint events show it, be one of them empty
def broken_axiom(P):
    P = P.tolist()
    if min(P) < -1e-6:
        return [1, P.index(min(P))]
    outcomes = sum(P[1 << k] for k in range(len(P).bit_length() - 1))
    if abs(outcomes - 1) > 1e-6:
        return [2]
    for a in range(len(P)):
        for b in range(len(P)):
            if not a & b and abs(P[a | b] - P[a] - P[b]) > 1e-6:
                return [3, a, b]
    return []
