# breaks: line 5 is the closed form of the geometric series
def variance_closed(t, alpha):
    return {"variance": (1 - alpha**t) / (1 - alpha)}
