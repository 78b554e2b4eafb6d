# breaks: different noise gives different samples | mistake: a constant
def sample_moons(xT, noise):
    return 0 * xT + xT.new_tensor([0.0, 1.0])
