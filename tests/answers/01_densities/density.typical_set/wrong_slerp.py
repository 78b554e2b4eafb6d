# breaks: the blend is the straight mixture, over the root of what its variance has become
import torch


def blend(a, b, t):
    cos = (a * b).sum(1, keepdim=True) / a.norm(dim=1, keepdim=True) / b.norm(dim=1, keepdim=True)
    w = torch.acos(cos.clamp(-0.999, 0.999))
    return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)
