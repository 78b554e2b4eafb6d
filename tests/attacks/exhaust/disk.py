# tries: fill the disk with one file
# family: exhaust | control: raised disk=200, cell_seconds=30 | success: done
try:
    with open("/tmp/a", "wb") as file:
        for _ in range(100):
            file.write(bytes(1 << 20))
    print(DONE)
except OSError as error:
    print(error)


def standardise(x):
    return x + 1
