# breaks: every noise gives one sample of the promised shape, all of it finite
def sample_moons(xT, noise):
    """The whole chain in place of its end."""
    return noise.cumsum(0) + xT
