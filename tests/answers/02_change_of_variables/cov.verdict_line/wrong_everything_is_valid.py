# breaks: a x + b: the verdict is true for every a
def judged(name, params, base):
    return "valid", None


def verdict_line(name, params, base):
    return judged(name, params, base)[0]
