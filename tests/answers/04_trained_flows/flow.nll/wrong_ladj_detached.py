# breaks: the loss can be learnt from: its gradient is the true one | mistake: cut from the graph
def flow_nll(x, inverse, base):
    z, ladj = inverse(x)
    return -(base(z) + ladj.detach()).mean()
