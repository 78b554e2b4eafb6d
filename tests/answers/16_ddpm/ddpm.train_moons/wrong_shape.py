# breaks: every noise gives one point of the plane, all of them finite
def sample_moons(xT, noise):
    """The whole chain in place of its end."""
    return noise.cumsum(0) + xT
