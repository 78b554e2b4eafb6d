# breaks: beta is 0 at step 0, rises evenly, and is 1 from step warm on | mistake: no warm-up divides by 0
def beta_at(step, warm):
    return min(step / warm, 1.0)
