"""The parallel tables: one Parquet file a source, a column a language, a row one meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from serbian import with_cyrillic

MAX_CHARACTERS = 600  # longer cells are cut: a static model learns nothing new from their end

# How often a source is drawn, relative to the others. News and everyday sentences first; word
# lists and titles give the rare words and the names; the Bible is there only for its languages.
SOURCE_WEIGHTS: dict[str, float] = {
    "wmt_newstest": 600,
    "ms_beginners": 500,
    "tatoeba": 420,
    "wikidict": 520,
    "wiktionary": 200,
    "wikidict_categories": 140,
    "omw": 120,
    "freecodecamp": 90,
    "fcc_guide": 50,
    "gazetteer": 60,
    "tico19": 110,
    "mlqe_pe": 60,
    "indic_wiki": 70,
    "xquad": 40,
    "omw_definitions": 60,
    "lexicon_bli": 110,
    "python_docs": 40,
    "cldr": 30,
    "bible": 40,
    "mozilla_org": 40,
    "mozilla_legal": 12,
    "opensource_guide": 35,
    "wikipedia_app": 15,
    "sdg": 14,
    "korean_small": 60,
    "enja_tanaka": 30,
    "cncf_glossary": 8,
    "tico19_terms": 3,
    "ant_news.headline_body.ar": 30,
}


@dataclass(frozen=True)
class Source:
    """One table without the rows that the evaluation set holds."""

    name: str
    table: pa.Table  # string columns only

    @property
    def languages(self) -> list[str]:
        return list(self.table.column_names)

    def column(self, language: str) -> list[str]:
        """The texts of a language, '' where it lacks the row."""
        return [(text or "")[:MAX_CHARACTERS] for text in self.table[language].to_pylist()]


def read_evaluation(path: Path) -> pa.Table:
    """The evaluation table: as many rows as sentences, a column a language, no gaps."""
    return pq.read_table(path)


def read_sources(folder: Path, evaluation: pa.Table) -> Iterator[Source]:
    """Every weighted table of the folder, in order of name, without evaluation sentences."""
    held_out = {
        name: set(map(_letters, evaluation[name].to_pylist())) for name in evaluation.column_names
    }
    for path in sorted(folder.glob("*.parquet")):
        name = path.name.removesuffix(".parquet")
        if name in SOURCE_WEIGHTS:
            yield Source(name, with_cyrillic(_without(pq.read_table(path), held_out)))


def _without(table: pa.Table, held_out: dict[str, set[str]]) -> pa.Table:
    """The rows that share no text with the evaluation set in the same language."""
    keep = [True] * table.num_rows
    for language in table.column_names:
        seen = held_out.get(language, set())
        for row, text in enumerate(table[language].to_pylist()):
            if text and _letters(text) in seen:
                keep[row] = False
    return table.filter(pa.array(keep))


def _letters(text: str) -> str:
    """Letters and digits alone, so that another kind of quotation mark hides nothing."""
    return re.sub(r"\W+", "", text.lower())
