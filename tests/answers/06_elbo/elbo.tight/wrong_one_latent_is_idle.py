# breaks: in your model every q with independent components stays at least one nat below log p(x) | mistake: nothing correlates the latents
def never_tight():
    return [[10.0, 0.0], [10.0, 0.0]], 0.1
