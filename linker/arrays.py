"""The kinds of arrays that signatures name, by what they hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]  # rows, places, counts
Int32Array = NDArray[np.int32]
Uint32Array = NDArray[np.uint32]  # terms and other hashes of words
Uint64Array = NDArray[np.uint64]
ByteArray = NDArray[np.uint8]
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float32]  # vectors, weights, scores that are kept
DoubleArray = NDArray[np.float64]
