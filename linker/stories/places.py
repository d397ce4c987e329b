"""Where numbers are among sorted ones: a search that begins at the page of a number's top bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from linker.jit import njit

#: Pages are by so many of the bits that there are.
PAGE_BITS = 16


def places(keys: npt.NDArray[Any], among: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """The place of each key in `among`, int32, or -1; both unsigned, `among` ascending."""
    bits = int(among[-1]).bit_length() if len(among) else 0
    shift = max(0, bits - PAGE_BITS)
    # The last page ends where the numbers do, whatever the highest number of its bits would be.
    tops = (among >> np.array(shift, among.dtype)).astype(np.int64)
    page = np.concatenate([[0], np.cumsum(np.bincount(tops, minlength=1))]).astype(np.int64)
    found: npt.NDArray[np.int32] = _places(keys, among, page, np.uint64(shift))
    return found


@njit(cache=True, nogil=True)
def _places(keys: Any, among: Any, page: Any, shift: Any) -> Any:
    """`page[h]` is where the numbers with top bits h begin, `page[h + 1]` where they end."""
    found = np.empty(len(keys), np.int32)
    pages = np.uint64(len(page) - 1)
    for i in range(len(keys)):
        found[i] = -1
        top = np.uint64(keys[i]) >> shift
        if top >= pages:
            continue
        begin, end = page[np.int64(top)], page[np.int64(top) + 1]
        at = begin + np.searchsorted(among[begin:end], keys[i])
        if at < end and among[at] == keys[i]:
            found[i] = at
    return found
