"""What two texts share and where they differ, word by word, as written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from linker.explaining.alignment import Run, shared_runs
from linker.text.folding import compose_hangul
from linker.text.spans import Span, word_spans

PASSAGES = 3
PASSAGE_WORDS = 8  # a shorter run of equal words can be chance
# What stands inside a number, a time or a date; of spaces only those that do not break.
INSIDE = frozenset(".,:/-–'’٫٬\u00a0\u202f")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of two texts.

    kind: shared (the same words; case, accents and punctuation may differ), a (only in the first
    text), b (only in the second), or changed (each has words of its own here). a, b: the stretch
    of each text as written, '' where it has none. words: how many words the longer one has.
    """

    kind: str
    a: str
    b: str
    words: int

    def to_dict(self) -> dict[str, str]:
        """A row of `linker explain --json`."""
        return {"kind": self.kind, "a": self.a, "b": self.b}


def compare_texts(a: str, b: str) -> list[Segment]:
    """Both texts as one list of segments, in order.

    Words are compared as `linker.text.words` folds them, a number like 3,000 or 2025-10-04 as one
    word. The parts `a` of all segments joined are the first text, the parts `b` the second
    (decomposed Hangul comes composed); a text without words is in none of them.
    """
    left, right = _Text(a), _Text(b)
    segments = []
    end_a = end_b = 0
    for run in [*shared_runs(left.words, right.words), Run(len(left.words), len(right.words), 0)]:
        segments.append(_segment(left, right, (end_a, run.a), (end_b, run.b), shared=False))
        end_a, end_b = run.a + run.size, run.b + run.size
        segments.append(_segment(left, right, (run.a, end_a), (run.b, end_b), shared=True))
    return [segment for segment in segments if segment.a or segment.b]


def longest_passages(segments: Sequence[Segment]) -> list[str]:
    """The longest shared stretches of PASSAGE_WORDS or more, longest first, on one line each."""
    found = [part for part in segments if part.kind == "shared" and part.words >= PASSAGE_WORDS]
    found.sort(key=lambda part: -part.words)
    return [" ".join(part.a.split()) for part in found[:PASSAGES]]


def _whole_numbers(text: str) -> Iterator[Span]:
    """The words with the parts of each number as one: a difference of half a number misleads."""
    whole: Span | None = None
    for span in word_spans(text):
        if whole and _is_number(whole) and _is_number(span) and text[whole[2] : span[1]] in INSIDE:
            whole = (f"{whole[0]} {span[0]}", whole[1], span[2])
            continue
        if whole:
            yield whole
        whole = span
    if whole:
        yield whole


def _is_number(span: Span) -> bool:
    return span[0].replace(" ", "").isdecimal()


class _Text:
    """A text with its folded words and the places at which it may be cut between them."""

    def __init__(self, text: str) -> None:
        self.text = compose_hangul(text)
        spans = list(_whole_numbers(self.text))
        self.words = [word for word, _, _ in spans]
        self.cuts = [0]
        for (_, _, end), (_, begin, _) in pairwise(spans):
            self.cuts.append(_cut(self.text, end, begin))
        self.cuts.append(len(self.text))

    def part(self, first: int, last: int) -> str:
        """The text of words first to last - 1, with the punctuation that belongs to them."""
        return self.text[self.cuts[first] : self.cuts[last]] if first < last else ""


def _cut(text: str, end: int, begin: int) -> int:
    """Where to cut between two words: after the last white space, else before the second word.

    So closing marks stay with the word before them and opening ones with the word after.
    """
    for place in range(begin, end, -1):
        if text[place - 1].isspace():
            return place
    return begin


def _segment(
    left: _Text, right: _Text, of_a: tuple[int, int], of_b: tuple[int, int], *, shared: bool
) -> Segment:
    a, b = left.part(*of_a), right.part(*of_b)
    kind = "shared" if shared else "changed" if a and b else "a" if a else "b"
    return Segment(kind, a, b, max(of_a[1] - of_a[0], of_b[1] - of_b[0]))
