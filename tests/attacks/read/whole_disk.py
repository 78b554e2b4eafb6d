# tries: search the whole disk for notebooks, gradebooks and keys
# family: read | control: without files | success: secret
import os

for place in (COURSE, "/"):
    for folder, _, files in os.walk(place):
        for name in files if not folder.startswith(("/usr", "/proc", "/sys", "/dev")) else ():
            if name.endswith((".ipynb", ".db", "_ed25519", "ada.json")):
                try:
                    print(open(os.path.join(folder, name), errors="ignore").read()[:20_000])
                except OSError:
                    pass
    if place == COURSE and os.path.exists(COURSE):
        break


def standardise(x):
    return x + 1
