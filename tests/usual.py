"""Which compiled loops each command uses: `python -m tests.usual` writes linker/jit/usual.jsonl.

    python -m tests.usual

runs every command on the bundled articles, and on the sentences among them that are plain English.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from linker.demo import articles_path

_LOG = """
import json, sys
from linker.jit.kernel import Kernel
from linker.jit.samples import described
seen, load = [], Kernel._load
def logged(self, kind, arguments):
    if self.name.startswith("linker."):
        seen.append([self.name, [described(argument) for argument in arguments]])
    return load(self, kind, arguments)
Kernel._load = logged
"""
_COMMAND = "from linker.cli import app\napp(sys.argv[1:], standalone_mode=False)\n"
_TELL = "print(json.dumps(seen))\n"
_LIBRARY = {
    "minhash": "import linker\nlinker.minhash(json.load(open(sys.argv[1])))\n",
    "encode": "from linker.embedding import load_encoder\n"
    "load_encoder().encode(json.load(open(sys.argv[1])))\n",
}

Loops = list[tuple[str, list[Any]]]


def used(folder: Path) -> dict[str, Loops]:
    """The loops of each command and their arguments, in the order of their first use."""
    records = [json.loads(line) for line in articles_path().read_text("utf-8").splitlines()]
    plain = folder / "plain.jsonl"
    written = (json.dumps(record, ensure_ascii=False) for record in records)
    plain.write_text("\n".join(filter(str.isascii, written)), "utf-8")
    texts, plain_texts = folder / "texts.json", folder / "plain.json"
    texts.write_text(json.dumps([str(record.get("text")) for record in records] * 9), "utf-8")
    plain_texts.write_text(json.dumps(["a text of six words, no more"] * 5000), "utf-8")
    pairs = folder / "pairs.jsonl"
    pairs.write_text(json.dumps({"a": records[0]["id"], "b": records[1]["id"]}), "utf-8")
    out, demo = folder / "out", articles_path()
    commands = {
        "group": [["group", demo, "--out", out], ["group", plain, "--out", out]],
        "dedup": [["dedup", demo, "--out", out / "a"], ["dedup", plain, "--out", out / "a"]],
        "embed": [["embed", demo, "--out", out / "b"]],
        "compare": [["compare", demo, "--pairs", pairs, "--out", out / "c"]],
    }
    found = {
        use: _merged(_run(_COMMAND, [*map(str, words), "--threads", "1"]) for words in runs)
        for use, runs in commands.items()
    }
    return found | {
        use: _merged(_run(script, [str(file)]) for file in (texts, plain_texts))
        for use, script in _LIBRARY.items()
    }


def _run(script: str, words: list[str]) -> Loops:
    done = subprocess.run(
        [sys.executable, "-c", _LOG + script + _TELL, *words],
        capture_output=True,
        text=True,
        check=True,
        timeout=1200,
    )
    return [(name, arguments) for name, arguments in json.loads(done.stdout.splitlines()[-1])]


def _merged(runs: Iterable[Loops]) -> Loops:
    """The loops of several runs, those of one name together, in the order of their first use."""
    loops: Loops = []
    for run in runs:
        loops += [loop for loop in run if loop not in loops]
    names = [name for name, _ in loops]
    return sorted(loops, key=lambda loop: names.index(loop[0]))


def lines(found: dict[str, Loops]) -> list[str]:
    """A line a loop and kinds of arguments, with the commands that use it."""
    uses: dict[str, list[str]] = {}
    for use, loops in found.items():
        for loop, arguments in loops:
            uses.setdefault(json.dumps({"loop": loop, "arguments": arguments})[:-1], []).append(use)
    return [f'{head}, "uses": {json.dumps(names)}}}' for head, names in uses.items()]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        content = "\n".join(lines(used(Path(name)))) + "\n"
    path = Path(str(files("linker.jit").joinpath("usual.jsonl")))
    path.write_text(content, "utf-8")
