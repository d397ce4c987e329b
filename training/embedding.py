"""Train the shipped static embedding model: python training/embedding.py --help."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import torch
from cells import Cells, encode_texts
from composition import compose
from export import save_model
from inheritance import inherit
from learner import Learner
from prepare import prepare
from retrieval import REPORTED, summary, with_language
from sampling import PairSampler
from shaping import shape
from tables import read_evaluation
from tokenizers import Tokenizer
from topics import topics_of_rows
from torch.nn import functional

RATE = 0.05
WARM_UP = 50  # steps
FLOOR = 0.02  # of the rate, at the end
BROAD = 0.3  # of the run with rows drawn at random, before topics are worth anything
LOG_EVERY, CHECK_EVERY = 100, 2000  # steps


def main() -> None:
    options = parse_options()
    torch.set_num_threads(options.threads)
    evaluation = read_evaluation(options.eval)
    tokenizer, cells = prepare(
        options.data, evaluation, options.work, options.vocabulary, options.seed
    )
    tokens = tokenizer.get_vocab_size()
    learner = Learner(compose(tokenizer.get_vocab()), tokens, options.dimension, options.seed)
    if options.start:
        inherit(learner, tokenizer, options.start)
    train(learner, cells, tokenizer, evaluation, options)
    save_model(tokenizer, shape(learner.matrix(), cells, options.seed), options.out)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of parallel tables")
    parser.add_argument("--eval", type=Path, required=True, help="NTREX-128 as Parquet")
    parser.add_argument("--out", type=Path, required=True, help="model folder to write")
    parser.add_argument("--work", type=Path, required=True, help="folder for what can be resumed")
    parser.add_argument(
        "--minutes", type=float, default=60, help="time to train, preparation apart"
    )
    parser.add_argument("--start", type=Path, help="begin with what the run of this --work learned")
    parser.add_argument("--steps", type=int, help="train so many steps instead")
    parser.add_argument("--batch", type=int, default=2048, help="pairs a step")
    parser.add_argument("--dimension", type=int, default=256)
    parser.add_argument("--vocabulary", type=int, default=92_000, help="tokens")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--early", type=float, default=10, help="minutes until a first model")
    return parser.parse_args()


def train(
    learner: Learner,
    cells: Cells,
    tokenizer: Tokenizer,
    evaluation: pa.Table,
    options: argparse.Namespace,
) -> None:
    """Run until the time or the steps are used up, from the checkpoint if there is one."""
    checkpoint = options.work / "checkpoint.pt"
    used = learner.load(checkpoint) if checkpoint.exists() else 0.0
    sampler = PairSampler(cells, options.seed + learner.step_number)
    batches = sampler.batches(options.batch)
    broad = 0 if options.start else BROAD
    begin, loss, early = time.monotonic() - 60 * used, 0.0, used < options.early
    while True:
        minutes = (time.monotonic() - begin) / 60
        done = learner.step_number / options.steps if options.steps else minutes / options.minutes
        if done >= 1:
            break
        if done >= broad and sampler.topics is None:
            sampler.topics = topics_of_rows(cells, learner.matrix(), options.seed)
        rate = RATE * min(1, (learner.step_number + 1) / WARM_UP) * max(1 - done, FLOOR)
        now = learner.step(next(batches), rate)
        loss = now if learner.step_number == 1 else 0.98 * loss + 0.02 * now
        if learner.step_number % LOG_EVERY == 0:
            print(
                f"step {learner.step_number} loss {loss:.3f} {minutes:.1f} min, {done:.0%}",
                flush=True,
            )
        if learner.step_number % CHECK_EVERY == 0:
            check(learner, tokenizer, evaluation)
            learner.save(checkpoint, minutes)
        if early and minutes >= options.early:
            early = False
            save_model(tokenizer, learner.matrix(), options.work / "early")
    check(learner, tokenizer, evaluation)
    learner.save(checkpoint, minutes)


def check(learner: Learner, tokenizer: Tokenizer, evaluation: pa.Table) -> None:
    """Print the retrieval of the present weights."""
    matrix = torch.from_numpy(learner.matrix())

    def encode(texts: Sequence[str]) -> np.ndarray:
        ids, lengths = encode_texts(tokenizer, texts, limit=10_000)
        starts = torch.from_numpy(np.cumsum(lengths) - lengths)
        pooled = functional.embedding_bag(torch.from_numpy(ids.astype(np.int64)), matrix, starts)
        return functional.normalize(pooled, dim=1).numpy()

    print("english with", summary(with_language(encode, evaluation, "en", REPORTED)), flush=True)


if __name__ == "__main__":
    main()
