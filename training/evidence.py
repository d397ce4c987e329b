"""Fit linker/stories/weights.json on labelled articles: python training/evidence.py --help.

A corpus is NAME.jsonl.gz with a `story` in each line, or with NAME.pairs.jsonl.gz beside it whose
lines have `a`, `b` and a `score` from 0 to 3 (or a `label` 0 or 1). All corpora weigh the same,
whatever their size, and one set of weights is made for all of them. Those with stories count
twice more, half as much each time, in two streams of all corpora (streams.py).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from halves import half_of
from labelled import Corpus, agreement, f1s, odds_of, read_corpus, recall_of_candidates
from search import Search
from streams import BUSY, QUIET, read_stream
from weights import STARTS, to_model

from linker.stories.evidence import Model, load_model

#: What the weights before the shipped ones reached, by task: a fit is held to it.
REACHED = Path(__file__).with_name("reached.json")
LEVELS = (-0.9, -0.6, -0.3, -0.15, 0.0, 0.15, 0.3, 0.6, 0.9)


def main() -> None:
    """Fit the weights, print how each corpus fares, write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of labelled corpora")
    parser.add_argument("--out", type=Path, default=Path("linker/stories/weights.json"))
    parser.add_argument("--generations", type=int, default=30, help="of the search (%(default)d)")
    parser.add_argument("--seed", type=int, default=0, help="of all chance (%(default)d)")
    parser.add_argument(
        "--shipped",
        action="store_true",
        help="fit nothing, print how the shipped weights fare",
    )
    parser.add_argument(
        "--hold",
        action="store_true",
        help="fit nothing, write what the shipped weights reach: the next fit is held to it",
    )
    parser.add_argument(
        "--leave-one-out",
        action="store_true",
        help="fit without each corpus in turn, print how it fares then, write nothing",
    )
    parser.add_argument(
        "--halves",
        type=int,
        default=0,
        metavar="N",
        help="N times, fit on half of each corpus's stories, print how the others fare",
    )
    parser.add_argument("corpora", nargs="+", help="names of the corpora to fit on")
    options = parser.parse_args()
    corpora = [read_corpus(options.data / f"{name}.jsonl.gz") for name in options.corpora]
    if options.leave_one_out:
        _leave_one_out(options.data, corpora, options.generations, options.seed)
        return
    corpora += _streams(options.data, options.corpora, options.seed)
    if options.halves:
        _halve(corpora, options.generations, options.seed, options.halves)
    elif options.shipped:
        _tell(corpora, load_model())
    elif options.hold:
        found = Search(corpora, load_model()).tasks(load_model())
        REACHED.write_text(json.dumps(_rounded(found), indent=2) + "\n", "utf-8")
    else:
        reached = json.loads(REACHED.read_text("utf-8")) if REACHED.exists() else {}
        model = fitted(corpora, options.generations, options.seed, reached)
        _tell(corpora, model)
        model = replace(model, calibration=calibration(corpora, model))
        options.out.write_text(json.dumps(_rounded(asdict(model)), indent=2) + "\n", "utf-8")


def fitted(
    corpora: Sequence[Corpus],
    generations: int,
    seed: int,
    reached: Mapping[str, float] | None = None,
) -> Model:
    """The weights that make the best stories of these corpora, whatever weights are shipped."""
    start = load_model()
    weights = Search(corpora, start, reached or {}).improve(STARTS, generations, seed)
    return to_model(weights, start)


def _leave_one_out(folder: Path, corpora: list[Corpus], generations: int, seed: int) -> None:
    for left in corpora:
        others = [corpus for corpus in corpora if corpus is not left]
        others += _streams(folder, [corpus.name for corpus in others], seed)
        model = fitted(others, generations, seed)
        print(f"without {left.name}:", flush=True)
        _tell([left], model)


def _streams(folder: Path, names: Sequence[str], seed: int) -> list[Corpus]:
    return [read_stream(folder, names, stream, seed) for stream in (BUSY, QUIET)]


def _halve(corpora: list[Corpus], generations: int, seed: int, times: int) -> None:
    for time in range(times):
        sides = [
            [half_of(corpus, seed + time, other) for corpus in corpora] for other in (False, True)
        ]
        for seen, unseen in (sides, sides[::-1]):
            model = fitted(seen, generations, seed)
            print(f"halves {time + 1}, fitted on:", flush=True)
            _tell(seen, model)
            print(f"halves {time + 1}, not seen:", flush=True)
            _tell(unseen, model)


def _tell(corpora: Sequence[Corpus], model: Model) -> None:
    for corpus in corpora:
        if corpus.clustered:
            scores = np.array(f1s(corpus, model, LEVELS))
            for part, reached in zip(corpus.parts, scores.T.tolist(), strict=True):
                levels = zip(LEVELS, reached, strict=True)
                print(f"{part:15}", *(f"{level:+.2f}: {f1:.3f} " for level, f1 in levels))
            found = [recall_of_candidates(corpus, cross=cross) for cross in (False, True)]
            print(f"{'':15} candidates", *(f"{share:.3f}" for share in found), flush=True)
        else:
            said = [f"{name} {value:.3f} " for name, value, _ in agreement(corpus, model)]
            print(f"{corpus.name:15}", *said, flush=True)


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return round(value, 5) if isinstance(value, float) else value


def calibration(corpora: Sequence[Corpus], model: Model) -> list[list[float]]:
    """By tenths of the probability: its mean, and the share of pairs that tell one story.

    Over the candidates of clustered corpora, which weigh the same whatever their size; those of
    streams are left out, as nobody says which strangers there tell one story after all.
    """
    said, true, weight = [], [], []
    for corpus in corpora:
        if corpus.clustered and not corpus.mixed:
            _, odds = odds_of(corpus, model)
            said.append(1.0 / (1.0 + np.exp(-odds.astype(np.float64))))
            true.append(corpus.target)
            weight.append(np.full(len(odds), 1.0 / len(odds)))
    if not said:
        return []
    probability, target, by = np.concatenate(said), np.concatenate(true), np.concatenate(weight)
    tenth = np.minimum((probability * 10).astype(np.int64), 9)
    held = np.bincount(tenth, by, 10)
    kept = held > 0
    means = [np.bincount(tenth, by * x, 10)[kept] / held[kept] for x in (probability, target)]
    return np.stack(means, axis=1).tolist()


if __name__ == "__main__":
    main()
