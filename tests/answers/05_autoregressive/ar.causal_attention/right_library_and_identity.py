import torch


def causal_attention(q, k, v):
    attend = torch.nn.functional.scaled_dot_product_attention
    eye = torch.eye(q.shape[1], dtype=q.dtype, device=q.device).expand(len(q), -1, -1)
    return attend(q, k, v, is_causal=True), attend(q, k, eye, is_causal=True)


def attend_next(q, k, v, keys, values):
    keys, values = torch.hstack([keys, k[:, None]]), torch.hstack([values, v[:, None]])
    out = torch.nn.functional.scaled_dot_product_attention(q[:, None], keys, values)
    return out.squeeze(1), keys, values
