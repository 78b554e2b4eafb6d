# breaks: the log-determinant of inverse is that of ∂z/∂x, for every item by itself | mistake: no absolute value
import torch


def emerging_inverse(x, w1, w2):
    n, m = x[0].numel(), w1.shape[-1] // 2
    C, K = w1.shape[0], w1.shape[-1]
    mask = torch.zeros(C, C, K * K, dtype=x.dtype, device=x.device)
    mask[:, :, : K * K // 2], mask[:, :, K * K // 2] = 1, torch.ones(C, C).tril().to(x)
    mask = mask.reshape(C, C, K, K)
    y = torch.eye(n, dtype=x.dtype, device=x.device).reshape(n, *x.shape[1:])
    for w in (w2 * mask.flip(0, 1, 2, 3), w1 * mask):
        y = torch.nn.functional.conv2d(y, w, padding=m)
    z = torch.linalg.solve(y.reshape(n, n).T, x.reshape(-1, n).T).T.reshape(x.shape)
    ladj = torch.log(w1[:, :, m, m].diagonal() * w2[:, :, m, m].diagonal()).sum()
    return z, -(x.shape[2] * x.shape[3] * ladj).repeat(len(x))
