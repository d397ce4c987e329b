"""Language: which one a text is written in, found offline, and one short code for each."""

from __future__ import annotations

from linker.language.identification import HEAD, identify, normal_code

__all__ = ["HEAD", "identify", "normal_code"]
