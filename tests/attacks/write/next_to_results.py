# tries: lay a result where the grader keeps its own
# family: write | control: without files | success: wrote
import os

try:
    os.makedirs(f"{COURSE}/results/mallory", exist_ok=True)
    open(f"{COURSE}/results/mallory/marks.json", "w").write('{"points": 2}')
except OSError as error:
    print(error)


def standardise(x):
    return x + 1
