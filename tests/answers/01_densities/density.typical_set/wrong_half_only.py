# breaks: the blend is the straight mixture, over the root of what its variance has become
def blend(a, b, t):
    return ((1 - t) * a + t * b) * 2**0.5
