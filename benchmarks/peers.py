"""The tools that make MinHash signatures, each called as its own documentation calls it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from benchmarks.shingling import encoded_shingles, shingles, words

Sign = Callable[[Sequence[str]], object]
"""Makes the signatures of texts."""

PERMUTATIONS = 128
SHINGLED_IN_PYTHON = "5-word shingles, made in Python"
OWN_SHINGLES = "5-word shingles, made by the tool"


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to make signatures.

    unit: what is hashed. package: what pip installs, None for linker itself. load: imports the
    tool and gives the function to time; raises ImportError when it is not installed. at_spaces:
    whether it knows words only between spaces, so that a Chinese text is a word or two to it.
    """

    name: str
    unit: str
    package: str | None
    load: Callable[[], Sign]
    threads: int = 1
    at_spaces: bool = False


def _linker(threads: int) -> Callable[[], Sign]:
    def load() -> Sign:
        import linker

        return lambda texts: linker.minhash(texts, threads=threads)

    return load


def _datasketch_sha1() -> Sign:
    from datasketch import MinHash

    return lambda texts: MinHash.bulk(map(encoded_shingles, texts), num_perm=PERMUTATIONS)


def _datasketch_xxhash() -> Sign:
    from datasketch import MinHash

    digest = import_module("xxhash").xxh32_intdigest
    return lambda texts: MinHash.bulk(
        map(encoded_shingles, texts), num_perm=PERMUTATIONS, hashfunc=digest
    )


def _rensa() -> Sign:
    sketch = import_module("rensa").RMinHash

    def sign(texts: Sequence[str]) -> object:
        found = []
        for text in texts:
            found.append(sketch(num_perm=PERMUTATIONS, seed=42))
            found[-1].update(shingles(text))
        return found

    return sign


def _rensa_matrix() -> Sign:
    make = import_module("rensa").RMinHash.digest_matrix_from_token_sets
    return lambda texts: make([shingles(text) for text in texts], PERMUTATIONS, 42)


def _rensa_rho() -> Sign:
    make = import_module("rensa").RMinHash.digest_matrix_from_token_sets_rho
    return lambda texts: make([shingles(text) for text in texts], PERMUTATIONS, 42)


def _rensa_words() -> Sign:
    make = import_module("rensa").RMinHash.digest_matrix_from_token_sets
    return lambda texts: make([words(text) for text in texts], PERMUTATIONS, 42)


def _gaoya() -> Sign:
    index = import_module("gaoya").minhash.MinHashStringIndex

    # It has no signatures without the index: 32 bands of 4 rows are 128 permutations.
    def sign(texts: Sequence[str]) -> object:
        found = index(32, 0.7, 32, 4, analyzer="word", lowercase=True, ngram_range=(5, 5))
        for number, text in enumerate(texts):
            found.insert_document(number, text)
        return found

    return sign


def _gaoya_shingled() -> Sign:
    index = import_module("gaoya").minhash.MinHashStringIndex

    def sign(texts: Sequence[str]) -> object:
        found = index(32, 0.7, 32, 4, analyzer=shingles)
        for number, text in enumerate(texts):
            found.insert_document(number, text)
        return found

    return sign


def _datatrove() -> Sign:
    minhash = import_module("datatrove.pipeline.dedup.minhash")
    config = minhash.MinhashConfig(n_grams=5, num_buckets=16, hashes_per_bucket=8)
    step = minhash.MinhashDedupSignature("/dev/null", config, language=_word_tokenizer())

    def sign(texts: Sequence[str]) -> object:
        found = []
        for text in texts:
            hashed = step.get_shingles(text)
            found.append(step.get_signature(hashed) if len(hashed) else None)
        return found

    return sign


def _word_tokenizer() -> object:
    """datatrove's default runs spaCy; the words that the other tools get take far less time."""
    base = import_module("datatrove.utils.word_tokenizers").WordTokenizer
    methods = dict.fromkeys(("word_tokenize", "sent_tokenize", "span_tokenize"), _words_of)
    return type("Words", (base,), methods)()


def _words_of(_: object, text: str) -> list[str]:
    return words(text)


LINKER = "linker"
PEERS = (
    Peer(LINKER, OWN_SHINGLES, None, _linker(1)),
    Peer("linker, 2 threads", OWN_SHINGLES, None, _linker(2), threads=2),
    Peer("datasketch bulk, sha1", SHINGLED_IN_PYTHON, "datasketch", _datasketch_sha1),
    Peer("datasketch bulk, xxh32", SHINGLED_IN_PYTHON, "datasketch xxhash", _datasketch_xxhash),
    Peer("rensa R-MinHash", SHINGLED_IN_PYTHON, "rensa", _rensa),
    Peer("rensa R-MinHash, matrix", SHINGLED_IN_PYTHON, "rensa", _rensa_matrix),
    Peer("rensa rho, matrix", SHINGLED_IN_PYTHON, "rensa", _rensa_rho),
    Peer("rensa R-MinHash, matrix, words", "single words, no shingles", "rensa", _rensa_words),
    Peer("gaoya index", "runs of 5 between spaces, by the tool", "gaoya", _gaoya, at_spaces=True),
    Peer("gaoya index, callable", SHINGLED_IN_PYTHON, "gaoya", _gaoya_shingled),
    Peer("datatrove", OWN_SHINGLES, "datatrove xxhash", _datatrove),
)
