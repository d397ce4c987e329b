"""Beginning where an earlier run ended, though the vocabulary has changed since.

Parts of the same spelling go on with their weights and Adagrad sums. A token that is new begins as
the mean of the pieces that the earlier tokenizer cuts its spelling into.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from composition import Composition, compose
from learner import Learner
from tokenizers import Tokenizer

FRESH = 0.05  # Adagrad sum of a new part, as a share of the median of the known ones


def inherit(learner: Learner, tokenizer: Tokenizer, folder: Path) -> None:
    """Take over what the run of the work folder `folder` learned; its steps are not counted.

    Raises FileNotFoundError when the folder holds no tokenizer.json or checkpoint.pt.
    """
    earlier_tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    state = torch.load(folder / "checkpoint.pt")
    earlier = compose(earlier_tokenizer.get_vocab())
    here, there = _shared_parts(learner.composition, earlier)
    seen = state["squares"].sum(dim=1) > 0
    learner.squares[:] = FRESH * state["squares"][seen].median()
    learner.weights[:] = 0
    learner.weights[here] = state["weights"][there]
    learner.squares[here] = state["squares"][there]
    _begin_new_tokens(learner, tokenizer, earlier_tokenizer, earlier, state["weights"])


def _shared_parts(new: Composition, old: Composition) -> tuple[np.ndarray, np.ndarray]:
    """Numbers in both of the parts that both have: tokens by spelling, shared parts by name."""
    pairs = []
    for here, there, shift, back in (
        (new.own, old.own, 0, 0),
        (new.shared, old.shared, len(new.own), len(old.own)),
    ):
        number = {name: place for place, name in enumerate(there)}
        pairs += [
            (shift + place, back + number[name])
            for place, name in enumerate(here)
            if name in number
        ]
    both = np.array(pairs)
    return both[:, 0], both[:, 1]


def _begin_new_tokens(
    learner: Learner,
    tokenizer: Tokenizer,
    earlier_tokenizer: Tokenizer,
    earlier: Composition,
    weights: torch.Tensor,
) -> None:
    """Set the own part of each new token so that its whole vector is the mean of its pieces."""
    known = set(earlier.own)
    fresh = [place for place, name in enumerate(learner.composition.own) if name not in known]
    matrix = pooled(weights, earlier)
    present = torch.from_numpy(learner.matrix())
    for place in fresh:
        spelling = tokenizer.id_to_token(place).removeprefix("##")
        ids = earlier_tokenizer.encode(spelling, add_special_tokens=False).ids
        if ids:
            gap = matrix[ids].mean(dim=0) - present[place]
            learner.weights[place] += gap / float(learner.composition.own_scale(place))


def pooled(weights: torch.Tensor, composition: Composition) -> torch.Tensor:
    """The token matrix of the weights of parts, float32 (tokens, d)."""
    return torch.nn.functional.embedding_bag(
        torch.from_numpy(composition.parts),
        weights,
        torch.from_numpy(composition.offsets[:-1]),
        mode="sum",
        per_sample_weights=torch.from_numpy(composition.weights),
    )
