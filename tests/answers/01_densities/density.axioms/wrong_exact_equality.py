# breaks: numbers that are a probability are accused of nothing
def broken_axiom(P):
    P = P.tolist()
    for event, p in enumerate(P):
        if p < 0:
            return [1, event]
    if P[-1] != 1:
        return [2]
    for a in range(len(P)):
        for b in range(len(P)):
            if a & b == 0 and P[a | b] != P[a] + P[b]:
                return [3, a, b]
    return []
