# breaks: the witness is another batch that live statistics normalise to the same | mistake: the batch turned over
def twin_batch(x):
    return -2 * x + 1
