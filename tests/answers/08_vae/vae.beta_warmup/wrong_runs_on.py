# breaks: beta is 0 at step 0, rises evenly, and is 1 from step warm on | mistake: beyond 1
def beta_at(step, warm):
    return step / warm if warm else 1.0
