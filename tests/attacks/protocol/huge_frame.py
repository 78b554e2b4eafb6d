# tries: announce four gigabytes and send them
# family: protocol | control: trusting | success: large | says: larger than a frame may be
import json
import os
import struct


def frame(body=b"", **head):
    text = json.dumps({"arrays": [], **head}).encode()
    return struct.pack("<II", len(text), len(body)) + text + body


def standardise(x):
    text = json.dumps({"arrays": [["|b1", [200 << 20]]], "id": 1, "value": ["array", 0, "bool"]}).encode()
    os.write(3, struct.pack("<II", len(text), 200 << 20) + text)
    for _ in range(200):
        rest = memoryview(bytes(1 << 20))
        while rest:
            rest = rest[os.write(3, rest) :]
    return x + 1
