# breaks: line 5 is the closed form of the geometric series | mistake: the last power is off by one
def variance_closed(t, alpha):
    return {"variance": (1 - alpha) * sum(alpha**k for k in range(t - 1))}
