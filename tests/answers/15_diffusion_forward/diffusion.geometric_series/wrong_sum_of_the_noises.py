# breaks: line 3 goes on down to x_0: one signal, and t noises, each shrunk by the steps after it
def unroll_all(x0, eps, alpha):
    t = len(eps)
    noise = sum((1 - alpha) ** 0.5 * alpha ** ((t - 1 - k) / 2) * eps[k] for k in range(t))
    return {"signal": alpha ** (t / 2) * x0, "noise": noise.expand_as(eps)}
