# breaks: where only the third axiom is broken, two disjoint events show it, be one of them empty | mistake: single outcomes only
def broken_axiom(P):
    P = P.tolist()
    outcomes = [k for k in range(1, len(P)) if k & (k - 1) == 0]
    for event, p in enumerate(P):
        if p < -1e-6:
            return [1, event]
    if abs(P[-1] - 1) > 1e-6:
        return [2]
    for a in outcomes:
        for b in outcomes:
            if a != b and abs(P[a | b] - P[a] - P[b]) > 1e-6:
                return [3, a, b]
    return []
