# breaks: a x + b: the verdict is true for every a
from pushforward.answering.maps import POOL


def judged_line(name, params, base):
    d = len(params.get("b", "x")) if name == "linear" else (POOL[name].dimensions or (1,))[0]
    return ("collision", (-1.0, 1.0)) if d == 1 else ("collision", ([-1.0] + [1.0] * (d - 1), [1.0] * d))


def verdict_line(name, params, base):
    return judged_line(name, params, base)[0]
