"""Named tensors of 64-bit floats, as docs/protocol.md lays them out."""

import struct

import numpy as np


def _padded(size):
    return -(-size // 8) * 8


def write(tensors):
    """The canonical bytes of a dict of arrays by name."""
    out = bytearray(b"SHOALTEN" + struct.pack("<II", 1, len(tensors)))
    for name in sorted(key.encode() for key in tensors):
        array = np.asarray(tensors[name.decode()], dtype="<f8")
        if not np.isfinite(array).all():
            raise ValueError(f'tensor "{name.decode()}" holds a number that is not finite')
        head = struct.pack("<BBH", 1, array.ndim, len(name)) + struct.pack(f"<{array.ndim}I", *array.shape) + name
        out += head.ljust(_padded(len(head)), b"\0") + array.tobytes()
    return bytes(out)


def read(data):
    """The arrays by name; checks what is needed not to read beside them."""
    magic, form, count = struct.unpack_from("<8sII", data)
    if magic != b"SHOALTEN" or form != 1:
        raise ValueError("these bytes are not named tensors")
    at, found = 16, {}
    for _ in range(count):
        kind, rank, length = struct.unpack_from("<BBH", data, at)
        if kind != 1:
            raise ValueError(f"tensors of type {kind} are not read here")
        shape = struct.unpack_from(f"<{rank}I", data, at + 4)
        name = data[at + 4 + 4 * rank : at + 4 + 4 * rank + length].decode()
        at += _padded(4 + 4 * rank + length)
        size = int(np.prod(shape, dtype=np.int64))
        found[name] = np.frombuffer(data, "<f8", size, at).reshape(shape)
        at += 8 * size
    if at != len(data):
        raise ValueError(f"{len(data) - at} bytes follow the last tensor")
    return found
