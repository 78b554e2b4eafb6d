# breaks: the witness is another batch that live statistics normalise to the same | mistake: the same batch
def twin_batch(x):
    return x + 0.5
