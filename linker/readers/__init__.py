"""Reading: any file that holds news articles, as record batches of one schema."""

from __future__ import annotations

from linker.readers.files import read
from linker.readers.objects import read_python
from linker.readers.rejects import Reject, RejectLog

__all__ = ["Reject", "RejectLog", "read", "read_python"]
