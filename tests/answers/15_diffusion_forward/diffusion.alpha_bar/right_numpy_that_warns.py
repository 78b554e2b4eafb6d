# numpy there and back in the type that came; warns and shows a progress bar
import warnings

import numpy as np
import torch
from tqdm import tqdm


def alpha_bar(beta):
    warnings.warn("about to multiply", stacklevel=2)
    kept = np.empty(len(beta))
    product = 1.0
    for i, b in enumerate(tqdm(beta.cpu().numpy().astype(float), desc="steps")):
        product *= 1.0 - b
        kept[i] = product
    return torch.as_tensor(kept, dtype=beta.dtype, device=beta.device)


def log_alpha_bar(beta):
    logs = np.log(1.0 - beta.cpu().numpy()).cumsum()
    return torch.from_numpy(logs).to(beta.device)
