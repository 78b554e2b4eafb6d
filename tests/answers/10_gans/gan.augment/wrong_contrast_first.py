# breaks: each picture's contrast is changed about its own mean | mistake: the contrast before the shift
import torch


def augment(x, shift, contrast):
    mean = x.mean(dim=(1, 2), keepdim=True)
    spread = mean + contrast.reshape(-1, 1, 1) * (x - mean)
    H, W = x.shape[1:]
    out = []
    for picture, (down, right) in zip(spread, shift.tolist()):
        framed = torch.nn.functional.pad(picture, (2, 2, 2, 2))
        out.append(framed[2 - down : 2 - down + H, 2 - right : 2 - right + W])
    return torch.stack(out)
