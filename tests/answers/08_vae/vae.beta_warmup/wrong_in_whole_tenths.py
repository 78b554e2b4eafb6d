# breaks: beta is 0 at step 0, rises evenly, and is 1 from step warm on
def beta_at(step, warm):
    return 1.0 if step >= warm else (10 * step // warm) / 10
