"""The digest that names a break: BLAKE2b with eight bytes, as `hashlib` has it (RFC 7693), for code that must not stop at Python."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from pathway.replay.kernel.jit import kernel

Word: TypeAlias = Any
"""A whole number of 64 bits, without a sign."""

START = np.array(
    [
        0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1, 0x510E527FADE682D1, 0x9B05688C2B3E6C1F,
        0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179,
    ],
    np.uint64,
)  # fmt: skip
ROUNDS = np.array(
    [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4], [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13], [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11], [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5], [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    ],
    np.int64,
)  # fmt: skip
"""In which order each round takes the words of the message."""
BLOCK = 128
WORDS = 24
"""Room that a digest needs: eight words of its state, sixteen of the message."""
_KEYLESS = np.uint64(0x01010000 ^ 8)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_32, _24, _16, _63, _40, _48, _1, _8 = (np.uint64(bits) for bits in (32, 24, 16, 63, 40, 48, 1, 8))


@kernel
def digest(t: Any, length: int) -> Any:
    """The digest of so many bytes of `t.message`, which has room up to the end of a block."""
    state = t.words
    for at in range(8):
        state[at] = START[at]
    state[0] ^= _KEYLESS
    done = 0
    while True:
        taken = min(length - done, BLOCK)
        for at in range(done + taken, done + BLOCK):
            t.message[at] = 0
        for at in range(16):
            word = np.uint64(0)
            for byte in range(7, -1, -1):
                word = (word << _8) | np.uint64(t.message[done + 8 * at + byte])
            state[8 + at] = word
        done += taken
        _mix(t, np.uint64(done), done >= length)
        if done >= length:
            return state[0]


@kernel
def _mix(t: Any, done: Word, last: bool) -> None:
    """Take one block of the message into the state."""
    h, order = t.words, t.rounds
    v0, v1, v2, v3, v4, v5, v6, v7 = h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]
    v8, v9, v10, v11, v12, v13, v14, v15 = START[0], START[1], START[2], START[3], START[4], START[5], START[6], START[7]
    v12 ^= done
    if last:
        v14 ^= _ALL
    for turn in range(12):
        v0, v4, v8, v12 = _quarter(v0, v4, v8, v12, h[8 + order[turn, 0]], h[8 + order[turn, 1]])
        v1, v5, v9, v13 = _quarter(v1, v5, v9, v13, h[8 + order[turn, 2]], h[8 + order[turn, 3]])
        v2, v6, v10, v14 = _quarter(v2, v6, v10, v14, h[8 + order[turn, 4]], h[8 + order[turn, 5]])
        v3, v7, v11, v15 = _quarter(v3, v7, v11, v15, h[8 + order[turn, 6]], h[8 + order[turn, 7]])
        v0, v5, v10, v15 = _quarter(v0, v5, v10, v15, h[8 + order[turn, 8]], h[8 + order[turn, 9]])
        v1, v6, v11, v12 = _quarter(v1, v6, v11, v12, h[8 + order[turn, 10]], h[8 + order[turn, 11]])
        v2, v7, v8, v13 = _quarter(v2, v7, v8, v13, h[8 + order[turn, 12]], h[8 + order[turn, 13]])
        v3, v4, v9, v14 = _quarter(v3, v4, v9, v14, h[8 + order[turn, 14]], h[8 + order[turn, 15]])
    h[0], h[1], h[2], h[3] = h[0] ^ v0 ^ v8, h[1] ^ v1 ^ v9, h[2] ^ v2 ^ v10, h[3] ^ v3 ^ v11
    h[4], h[5], h[6], h[7] = h[4] ^ v4 ^ v12, h[5] ^ v5 ^ v13, h[6] ^ v6 ^ v14, h[7] ^ v7 ^ v15


@kernel
def _quarter(a: Word, b: Word, c: Word, d: Word, x: Word, y: Word) -> Any:
    a = a + b + x
    d = d ^ a
    d = (d >> _32) | (d << _32)
    c = c + d
    b = b ^ c
    b = (b >> _24) | (b << _40)
    a = a + b + y
    d = d ^ a
    d = (d >> _16) | (d << _48)
    c = c + d
    b = b ^ c
    b = (b >> _63) | (b << _1)
    return a, b, c, d
