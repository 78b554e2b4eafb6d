# tries: fill the disk with many files, none of them too large
# family: exhaust | control: raised disk=200, cell_seconds=30 | success: done
try:
    for number in range(100):
        with open(f"/tmp/{number}", "wb") as file:
            file.write(bytes(1 << 20))
    print(DONE)
except OSError as error:
    print(error)


def standardise(x):
    return x + 1
