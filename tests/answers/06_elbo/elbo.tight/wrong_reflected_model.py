# breaks: in your model every q with independent components stays at least one nat below log p(x) | mistake: nothing correlates the latents
def never_tight():
    return [[3, 4], [4, -3]], 0.01
