"""Programs of tests in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys


def run(script: str, *words: str, **environment: str) -> str:
    """What a program of Python prints. Raises CalledProcessError where it fails."""
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
        env=os.environ | environment,
    )
    return done.stdout.strip()
