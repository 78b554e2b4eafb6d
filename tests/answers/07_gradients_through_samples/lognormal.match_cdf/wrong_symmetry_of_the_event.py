# breaks: line 1 carries the inequality T(eps) ≤ a through the inverse of any increasing T
def event_in_eps(T_inverse, a):
    return {"threshold": T_inverse(1 / a)}
