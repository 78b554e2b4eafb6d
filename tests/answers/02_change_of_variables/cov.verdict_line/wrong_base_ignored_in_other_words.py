# breaks: softplus: the verdict is true for every c and both bases | mistake: the base is not looked at
def verdict_line(name, params, base):
    p = params
    if name == "affine":
        return "valid" if p["a"] != 0 else "collision"
    if name == "power":
        return "valid" if p["n"] == 1 else "singular"
    if name == "wave":
        return "valid" if abs(p["a"]) > abs(p["b"]) else "singular"
    if name == "tanh":
        a, b = p["a"], p["b"]
        if a == 0 and b == 0:
            return "collision"
        if a == 0:
            return "mass"
        return "valid" if a * (a + b / 2) > 0 else "singular"
    if name == "leaky":
        return "valid" if p["s"] > 0 else "collision"
    if name == "softplus":
        return "mass"
    if name == "logistic":
        return "mass"
