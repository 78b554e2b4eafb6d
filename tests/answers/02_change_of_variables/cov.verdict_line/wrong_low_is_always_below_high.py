# breaks: logistic: the verdict is true for all ends of the image and both bases | mistake: a falling map has its ends the other way round
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
            return "valid" if base == "uniform" and abs(b) >= 1 else "mass"
        return "valid" if a * (a + b / 2) > 0 else "singular"
    if name == "leaky":
        return "valid" if p["s"] > 0 else "collision"
    if name == "softplus":
        return "valid" if base == "uniform" and p["c"] <= 0 else "mass"
    if name == "logistic":
        if p["low"] == p["high"]:
            return "collision"
        return "valid" if base == "uniform" and p["low"] <= 0 and p["high"] >= 1 else "mass"
