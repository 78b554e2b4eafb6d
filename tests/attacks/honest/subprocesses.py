import subprocess
import sys

import torch

print(subprocess.run([sys.executable, "-S", "-c", "print(1 + 1)"], capture_output=True, text=True, check=True).stdout)
print(subprocess.check_output("echo $HOME | wc -c", shell=True))


def standardise(x):
    spread = (x - x[0]).std(0)
    return (x - x.mean(0)) / torch.where(spread > 0, spread, 1.0)
