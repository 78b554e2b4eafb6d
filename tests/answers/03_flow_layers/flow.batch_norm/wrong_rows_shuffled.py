# breaks: the witness is another batch that live statistics normalise to the same | mistake: the same rows in another order
def twin_batch(x):
    return x.flip(0)
