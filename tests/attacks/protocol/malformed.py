# tries: send bytes that are no frame
# family: protocol | control: trusting | success: stopped | says: malformed frame
import json
import os
import struct


def frame(body=b"", **head):
    text = json.dumps({"arrays": [], **head}).encode()
    return struct.pack("<II", len(text), len(body)) + text + body


def standardise(x):
    os.write(3, struct.pack("<II", 9, 0) + b"not json!")
    return x + 1
