"""How a command fails: one line on standard error and an exit status, never a traceback."""

from __future__ import annotations

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from linker.errors import LinkerError

USER_ERROR = 2
INTERRUPTED = 130


class OneLineErrors(TyperGroup):
    """Says every error that a user can cause in one line on standard error."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except LinkerError as error:
            message, status = str(error), USER_ERROR
        except BrokenPipeError:
            raise
        except OSError as error:
            message, status = _system_error(error), USER_ERROR
        except MemoryError:
            message, status = "out of memory", USER_ERROR
        except KeyboardInterrupt:
            message, status = "interrupted; nothing was written", INTERRUPTED
        print(f"linker: {' '.join(message.split())}", file=sys.stderr)
        raise typer.Exit(status)


def _system_error(error: OSError) -> str:
    message = str(error.strerror or error)
    return f"{message}: {error.filename}" if error.filename else message
