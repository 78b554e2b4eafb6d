# tries: claim arrays with negative and with endless axes
# family: protocol | control: trusting | success: stopped | says: malformed frame
import json
import os
import struct


def frame(body=b"", **head):
    text = json.dumps({"arrays": [], **head}).encode()
    return struct.pack("<II", len(text), len(body)) + text + body


def standardise(x):
    os.write(3, frame(id=1, value=["none"], arrays=[["<f8", [-1]], ["<f8", [2**62, 2**62]]]))
    return x + 1
