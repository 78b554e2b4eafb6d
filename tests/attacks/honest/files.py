import os
import tempfile

import torch

os.makedirs("notes", exist_ok=True)
os.chdir("notes")
with open("floor.txt", "w") as file:
    file.write("0")
torch.save({"floor": torch.zeros(3)}, tempfile.gettempdir() + "/floor.pt")


def standardise(x):
    floor = float(open("floor.txt").read()) + float(torch.load("/tmp/floor.pt")["floor"].sum())
    spread = (x - x[0]).std(0)
    return (x - x.mean(0)) / torch.where(spread > floor, spread, 1.0)
