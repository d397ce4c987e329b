"""How a command fails: one line on standard error and an exit status, never a traceback."""

from __future__ import annotations

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from linker.errors import LinkerError

USER_ERROR = 2
INTERRUPTED = 130
# The class of every error in the words of a command. Typer exports only this child of it.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]


class OneLineErrors(TyperGroup):
    """Says every error that a user can cause in one line on standard error."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        is_bare = not args  # then the help is the answer; click takes the words out of the list
        try:
            return super().parse_args(ctx, args)
        except UsageError as error:
            if is_bare:
                raise
            raise _exit(_usage_error(error, ctx), USER_ERROR) from None
        except BrokenPipeError:
            raise
        except OSError as error:  # nowhere to write the help
            raise _exit(_system_error(error), USER_ERROR) from None

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except LinkerError as error:
            message, status = str(error), USER_ERROR
        except UsageError as error:
            message, status = _usage_error(error, ctx), USER_ERROR
        except BrokenPipeError:
            raise
        except OSError as error:
            message, status = _system_error(error), USER_ERROR
        except MemoryError:
            message, status = "out of memory", USER_ERROR
        except KeyboardInterrupt:
            message, status = "interrupted; nothing was written", INTERRUPTED
        raise _exit(message, status)


def _exit(message: str, status: int) -> typer.Exit:
    """Say what went wrong in one line on standard error; raise what comes back."""
    print(f"linker: {' '.join(message.split())}", file=sys.stderr)
    return typer.Exit(status)


def _usage_error(error: Any, ctx: Any) -> str:
    asked = (error.ctx or ctx).command_path
    message = error.format_message().replace("Value error, ", "").rstrip(".")
    return f"{message}; see {asked} --help"


def _system_error(error: OSError) -> str:
    message = str(error.strerror or error)
    return f"{message}: {error.filename}" if error.filename else message
