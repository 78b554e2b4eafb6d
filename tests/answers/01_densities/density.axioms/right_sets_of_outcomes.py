import itertools


def broken_axiom(P):
    p = P.tolist()
    n = {4: 2, 8: 3, 16: 4}[len(p)]
    sets = [frozenset(k for k in range(n) if (e >> k) % 2) for e in range(len(p))]
    number = {s: e for e, s in enumerate(sets)}
    for a, b in itertools.combinations_with_replacement(sets, 2):
        if not a & b and abs(p[number[a | b]] - p[number[a]] - p[number[b]]) > 1e-5:
            return (3, number[b], number[a])
    if any(value < -1e-5 for value in p):
        return (1, p.index(min(p)))
    return [] if abs(p[-1] - 1) < 1e-5 else (2,)


def too_much(f, mass):
    if f in ("exp(-x^2)", "exp(-|x|)", "1/(1+x^2)"):
        return []
    return {"x^2": (-50.0, 50.0), "exp(x)": (0.0, 20.0), "1": (-500.0, 500.0), "1/(1+|x|)": (-1e40, 1e40)}[f]
