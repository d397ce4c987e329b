"""Which page a url names, by a digest."""

from __future__ import annotations

import re

import numpy as np

from linker.arrays import ByteArray, IntArray, Uint64Array
from linker.cleaning.fingerprint import fingerprint
from linker.cleaning.strings import Strings
from linker.jit import bare

_HTTP = np.frombuffer(b"http", np.uint8)
_AFTER_S = np.frombuffer(b"://", np.uint8)
_WWW = np.frombuffer(b"www.", np.uint8)
_A, _S, _SLASH, _HASH = (np.uint8(ord(sign)) for sign in "as/#")
_TO_LOWER = np.uint8(0x20)
_SCHEME = re.compile(r"https?://(www\.)?", re.IGNORECASE | re.ASCII)


def page_of(url: str) -> str:
    """A url without what does not change the page: scheme, www, fragment, slashes at the end."""
    begin = _SCHEME.match(url)
    return url[begin.end() if begin else 0 :].partition("#")[0].rstrip("/")


def page_keys(urls: Strings) -> Uint64Array:
    """A digest of the page of each url (page_of), uint64 (n,), 0 where it names none."""
    keys = np.zeros(len(urls.offsets) - 1, np.uint64)
    _write_keys(urls.data, urls.offsets, keys)
    return keys


@bare
def _write_keys(data: ByteArray, offsets: IntArray, keys: Uint64Array) -> None:
    for row in range(len(keys)):
        begin, end = _page(data, offsets[row], offsets[row + 1])
        if begin < end:
            keys[row] = fingerprint(data[begin:end])


@bare
def _page(data: ByteArray, begin: int, end: int) -> tuple[int, int]:
    """Where the page stands in a url."""
    if _is_there(data, begin, end, _HTTP):
        place = begin + len(_HTTP)
        if place < end and data[place] | _TO_LOWER == _S:
            place += 1
        if _is_there(data, place, end, _AFTER_S):
            begin = place + len(_AFTER_S)
            if _is_there(data, begin, end, _WWW):
                begin += len(_WWW)
    stop = begin
    while stop < end and data[stop] != _HASH:
        stop += 1
    while stop > begin and data[stop - 1] == _SLASH:
        stop -= 1
    return begin, stop


@bare
def _is_there(data: ByteArray, begin: int, end: int, wanted: ByteArray) -> bool:
    """Whether these bytes begin so; of wanted letters, which are small, capitals will do."""
    if end - begin < len(wanted):
        return False
    for place in range(len(wanted)):
        byte = data[begin + place]
        if byte != wanted[place] and (wanted[place] < _A or byte | _TO_LOWER != wanted[place]):
            return False
    return True
