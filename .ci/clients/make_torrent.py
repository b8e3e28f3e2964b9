#!/usr/bin/env python3
"""Makes a private torrent of one file with one tracker, and prints its info hash.

    make_torrent.py CONTENT ANNOUNCE_URL TORRENT
"""
import hashlib
import os
import sys

PIECE = 64 << 10


def bencode(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    items = sorted(value.items())
    return b"d" + b"".join(bencode(k) + bencode(v) for k, v in items) + b"e"


def main(content, announce, torrent):
    with open(content, "rb") as f:
        data = f.read()
    pieces = [data[i : i + PIECE] for i in range(0, len(data), PIECE)]
    info = {
        b"name": os.path.basename(content).encode(),
        b"length": len(data),
        b"piece length": PIECE,
        b"pieces": b"".join(hashlib.sha1(p).digest() for p in pieces),
        b"private": 1,  # no client may look for peers elsewhere (BEP 27)
    }
    with open(torrent, "wb") as f:
        f.write(bencode({b"announce": announce.encode(), b"info": info}))
    print(hashlib.sha1(bencode(info)).hexdigest())


main(*sys.argv[1:])
