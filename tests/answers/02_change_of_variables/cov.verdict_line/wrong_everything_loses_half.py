# breaks: a x + b: the verdict is true for every a
def judged_line(name, params, base):
    return "mass", 0.5


def verdict_line(name, params, base):
    return judged_line(name, params, base)[0]
