import torch


def sample(net, u, K):
    with torch.no_grad():
        B, D = u.shape
        row = torch.zeros(B, D + 1, dtype=torch.int64, device=u.device)
        row[:, 0] = K
        for d in range(D):
            c = net(row[:, :D])[:, d].softmax(-1).cumsum(-1)
            c[:, -1] = 2
            row[:, d + 1] = (u[:, d, None] < c).int().argmax(1)
        return row[:, 1:]
