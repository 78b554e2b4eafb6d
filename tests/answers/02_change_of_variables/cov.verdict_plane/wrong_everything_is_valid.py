# breaks: A x + b: the verdict is true for every matrix
def judged(name, params, base):
    return "valid", None


def verdict_plane(name, params, base):
    return judged(name, params, base)[0]
