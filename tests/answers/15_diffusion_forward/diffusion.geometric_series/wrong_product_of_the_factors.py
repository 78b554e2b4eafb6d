# breaks: line 5 is the closed form of the geometric series | mistake: the power outside
def variance_closed(t, alpha):
    variance = 1.0
    for _ in range(t):
        variance *= 1 - alpha
    return {"variance": variance}
