# breaks: A x + b: the verdict is true for every matrix
def judged_plane(name, params, base):
    return "valid", None


def verdict_plane(name, params, base):
    return judged_plane(name, params, base)[0]
