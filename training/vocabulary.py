"""The WordPiece vocabulary, learned from a sample in which every language has about equal say.

The normaliser is context-free: the normal form of a text is that of its characters one by one
(NFKD, accents off, lower case, single-character replacements). That is what lets a table of code
points reproduce the tokenizer exactly.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tables import SOURCE_WEIGHTS, Source
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

# Characters of text a language contributes; Arabic and English are asked for most.
CHARACTERS = 4_000_000
SHARE = {"en": 2.0, "ar": 2.0, "ko": 1.5}
LONGEST_WORD = 100  # characters; a longer run of letters becomes one unknown token

# Letters that Arabic-script spelling uses for one another, and the tatweel that means nothing.
REPLACEMENTS = {"ـ": "", "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك"}


def new_tokenizer() -> Tokenizer:
    """A WordPiece tokenizer with the normaliser of this project and no vocabulary yet."""
    tokenizer = Tokenizer(
        models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=LONGEST_WORD)
    )
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]
        + [normalizers.Replace(old, new) for old, new in REPLACEMENTS.items()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def learn_vocabulary(sources: Sequence[Source], size: int, seed: int) -> Tokenizer:
    """Train the tokenizer on a sample of the sources, `size` tokens in all."""
    tokenizer = new_tokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size,
        special_tokens=["[PAD]", "[UNK]"],
        min_frequency=3,
        limit_alphabet=6000,
        show_progress=False,
    )
    tokenizer.train_from_iterator(_sample(sources, random.Random(seed)), trainer)
    return tokenizer


def _sample(sources: Sequence[Source], rng: random.Random) -> Iterator[str]:
    columns: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        for language in source.languages:
            columns[_spoken(language)].append(source)
    for language in sorted(columns):
        yield from _sample_language(language, columns[language], rng)


def _sample_language(language: str, sources: Sequence[Source], rng: random.Random) -> Iterator[str]:
    """Texts of one language; each source gives at most its weighted part of the characters."""
    wanted = CHARACTERS * SHARE.get(language, 1.0)
    total = sum(SOURCE_WEIGHTS[source.name] for source in sources)
    for source in sources:
        names = [name for name in source.languages if _spoken(name) == language]
        left = wanted * SOURCE_WEIGHTS[source.name] / total / len(names)
        for name in names:
            yield from _some(source.column(name), left, rng)


def _some(texts: list[str], characters: float, rng: random.Random) -> Iterator[str]:
    texts = [text for text in texts if text]
    rng.shuffle(texts)
    for text in texts:
        if characters <= 0:
            return
        characters -= len(text)
        yield text


def _spoken(column: str) -> str:
    """The language of a column; the Arabic headlines and bodies have columns of their own."""
    return "ar" if column in ("title", "body") else column
