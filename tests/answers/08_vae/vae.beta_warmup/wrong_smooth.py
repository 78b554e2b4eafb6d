# breaks: beta is 0 at step 0, rises evenly, and is 1 from step warm on
import math


def beta_at(step, warm):
    return 0.5 - 0.5 * math.cos(math.pi * min(step, warm) / warm) if warm else 1.0
