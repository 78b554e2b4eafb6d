# breaks: beta is 0 at step 0, rises evenly, and is 1 from step warm on | mistake: one step early
def beta_at(step, warm):
    return min(1.0, (step + 1) / max(warm, 1))
