# breaks: numbers that are a probability are accused of nothing | mistake: events that overlap
def broken_axiom(P):
    if P.min() < 0:
        return [1, int(P.argmin())]
    if abs(P[-1] - 1) > 1e-6:
        return [2]
    for a in range(len(P)):
        for b in range(len(P)):
            if abs(P[a | b] - P[a] - P[b]) > 1e-6:
                return [3, a, b]
    return []
