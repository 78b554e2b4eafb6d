# breaks: numbers that are a probability are accused of nothing
def broken_axiom(P):
    P = P.tolist()
    for event, p in enumerate(P):
        if event and p <= 1e-9:
            return [1, event]
    if abs(P[-1] - 1) > 1e-6:
        return [2]
    for a in range(len(P)):
        for b in range(a, len(P)):
            if a & b == 0 and abs(P[a | b] - P[a] - P[b]) > 1e-6:
                return [3, a, b]
    return []
