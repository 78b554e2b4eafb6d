# tries: send a head of a hundred megabytes
# family: protocol | control: trusting | success: large | says: larger than a frame may be
import json
import os
import struct


def frame(body=b"", **head):
    text = json.dumps({"arrays": [], **head}).encode()
    return struct.pack("<II", len(text), len(body)) + text + body


def standardise(x):
    text = b'{"arrays": [], "id": 1, "value": ["none"], "more": "' + b"x" * (100 << 20) + b'"}'
    rest = memoryview(struct.pack("<II", len(text), 0) + text)
    while rest:
        rest = rest[os.write(3, rest) :]
    return x + 1
