# tries: write a result of its own over somebody else's
# family: write | control: without files | success: wrote
try:
    open(f"{COURSE}/results/ada.json", "w").write('{"points": 0}')
except OSError as error:
    print(error)


def standardise(x):
    return x + 1
