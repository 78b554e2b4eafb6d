# breaks: with your scale, the truth lies outside of two reported errors in most runs | mistake: a small lie
import math


def lying_scale():
    return math.sqrt(0.5)
