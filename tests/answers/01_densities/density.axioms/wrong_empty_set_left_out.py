# breaks: where only the third axiom is broken, two disjoint events show it, be one of them empty | mistake: the empty set is forgotten
def broken_axiom(P):
    P = P.tolist()
    for event, p in enumerate(P):
        if p < -1e-6:
            return [1, event]
    if abs(P[-1] - 1) > 1e-6:
        return [2]
    for a in range(1, len(P)):
        for b in range(1, len(P)):
            if not a & b and abs(P[a | b] - P[a] - P[b]) > 1e-6:
                return [3, a, b]
    return []
