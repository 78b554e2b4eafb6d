# columns by forward mode, in float64; triangle of a QR factorisation
import torch


def log_abs_det_jacobian(f, x):
    x64 = x.double()
    columns = []
    for unit in torch.eye(x.shape[1], dtype=x64.dtype, device=x.device):
        columns.append(torch.func.jvp(f, (x64,), (unit.expand_as(x64),))[1])
    R = torch.linalg.qr(torch.stack(columns, dim=-1)).R
    return torch.diagonal(R, dim1=1, dim2=2).abs().log().sum(1).to(x.dtype)
