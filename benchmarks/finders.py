"""Ways to find the copies of some texts among others: linker and the indexes of other tools."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from benchmarks.shingling import encoded_shingles, shingles

Matches = list[set[int]]
"""For each copy, the numbers of the texts that were named as what it is a copy of."""
Find = Callable[[Sequence[str], Sequence[str]], Matches]
"""Takes texts and the same number of copies of them."""

THRESHOLD = 0.7


@dataclass(frozen=True, slots=True)
class Finder:
    """One way to find copies. package: what pip installs, None for linker itself."""

    name: str
    package: str | None
    load: Callable[[], Find]


def _linker() -> Find:
    import linker

    def find(texts: Sequence[str], copies: Sequence[str]) -> Matches:
        articles = [
            {"id": f"t{number}", "text": text, "published": "2025-01-01T08:00:00Z"}
            for number, text in enumerate(texts)
        ] + [
            {"id": f"c{number}", "text": text, "published": "2025-01-02T08:00:00Z"}
            for number, text in enumerate(copies)
        ]
        table = linker.find_reprints(articles, threshold=THRESHOLD, threads=1)
        of = dict(zip(table["id"].to_pylist(), table["reprint_of"].to_pylist(), strict=True))
        roots = (of[f"c{number}"] for number in range(len(copies)))
        return [{int(root[1:])} if root and root[0] == "t" else set() for root in roots]

    return find


def _datasketch() -> Find:
    from datasketch import MinHash, MinHashLSH

    def find(texts: Sequence[str], copies: Sequence[str]) -> Matches:
        index = MinHashLSH(threshold=THRESHOLD, num_perm=128)
        for number, signature in enumerate(MinHash.generator(map(encoded_shingles, texts))):
            index.insert(number, signature)
        return [set(index.query(s)) for s in MinHash.generator(map(encoded_shingles, copies))]

    return find


def _rensa() -> Find:
    deduplicator = import_module("rensa").RMinHashDeduplicator

    def find(texts: Sequence[str], copies: Sequence[str]) -> Matches:
        index = deduplicator(threshold=THRESHOLD, num_perm=128, use_lsh=True)
        index.add_pairs((str(number), shingles(text)) for number, text in enumerate(texts))
        found = index.get_duplicate_sets([shingles(text) for text in copies])
        return [set(map(int, keys)) for keys in found]

    return find


def _gaoya() -> Find:
    make = import_module("gaoya").minhash.MinHashStringIndex

    def find(texts: Sequence[str], copies: Sequence[str]) -> Matches:
        index = make(jaccard_threshold=THRESHOLD, analyzer=shingles)
        for number, text in enumerate(texts):
            index.insert_document(number, text)
        return [set(index.query(text)) for text in copies]

    return find


def _semhash() -> Find:
    """Its default model lies on a hub; the shipped one is as static, and knows more languages."""
    index = import_module("semhash").SemHash
    from benchmarks.encoders import static_model

    model = static_model()

    def find(texts: Sequence[str], copies: Sequence[str]) -> Matches:
        numbers = {text: number for number, text in enumerate(texts)}
        found: Matches = [set() for _ in copies]
        rows = {copy: row for row, copy in enumerate(copies)}
        # Its similarity is of meaning, no Jaccard: it keeps its own threshold, 0.9.
        for match in index.from_records(list(texts), model=model).deduplicate(copies).filtered:
            found[rows[match.record]] = {numbers[match.duplicate_of]}
        return found

    return find


LINKER = "linker.find_reprints"
FINDERS = (
    Finder(LINKER, None, _linker),
    Finder("datasketch MinHashLSH", "datasketch", _datasketch),
    Finder("rensa RMinHashDeduplicator", "rensa", _rensa),
    Finder("gaoya MinHashStringIndex", "gaoya", _gaoya),
    Finder("semhash SemHash", "semhash model2vec", _semhash),
)


def load_finders() -> tuple[dict[str, Find], dict[str, str]]:
    """The tools that are installed, and for each other one how to install it."""
    loaded, missing = {}, {}
    for finder in FINDERS:
        try:
            loaded[finder.name] = finder.load()
        except ImportError:
            missing[finder.name] = f"pip install {finder.package}"
    return loaded, missing
