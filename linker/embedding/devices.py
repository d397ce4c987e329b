"""Where a model of torch runs, and in which precision."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linker.errors import LinkerError

if TYPE_CHECKING:
    import torch

AUTO = "auto"
DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")


def check_device(name: str) -> str:
    """The name, if it is one of auto, cpu, mps, cuda, cuda:0, cuda:1 and so on.

    Raises LinkerError for any other. Whether the machine has it, `choose_device` finds out.
    """
    if not isinstance(name, str) or not DEVICE.fullmatch(name):
        raise LinkerError(f"device is auto, cpu, cuda, cuda:NUMBER or mps, not {name!r}")
    return name


def choose_device(name: str) -> torch.device:
    """The device of that name; `auto` is a GPU where torch sees one, else the CPU.

    Raises LinkerError when this machine, or this build of torch, does not have it.
    """
    import torch

    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    metal = torch.backends.mps.is_available()
    if check_device(name) == AUTO:
        name = "cuda" if gpus else "mps" if metal else "cpu"
    device = torch.device(name)
    here = {"cpu": True, "mps": metal, "cuda": (device.index or 0) < gpus}
    if not here[device.type]:
        seen = ", ".join(["cpu", *["mps"] * metal, *(f"cuda:{gpu}" for gpu in range(gpus))])
        raise LinkerError(f"there is no device {name} here; torch sees {seen}")
    return device


def choose_precision(device: torch.device, weights: torch.dtype | None) -> torch.dtype:
    """float32 on a CPU, half on a GPU: float16, but bfloat16 for weights that are stored so.

    float16 has less range than bfloat16: such weights may overflow in it.
    """
    import torch

    if device.type == "cpu":
        return torch.float32
    return torch.bfloat16 if weights == torch.bfloat16 else torch.float16
