# breaks: line 5 is the closed form of the geometric series | mistake: the factor is left in the denominator
def variance_closed(t, alpha):
    return {"variance": (1 - alpha**t) / (1 - alpha)}
