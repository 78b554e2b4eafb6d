# breaks: every noise gives one point of the plane, all of them finite
def generate_ring(z):
    return z.T
