"""A progress bar where somebody looks; where nobody does, nothing."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import click

_STEPS: Final = 1000


@contextmanager
def bar(label: str) -> Iterator[Callable[[float], None]]:
    """Gives the function that is told how far it is, of 1."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=_STEPS, label=label, file=sys.stderr) as shown:

        def far(share: float) -> None:
            shown.update(max(0, int(share * _STEPS) - shown.pos))

        yield far
        far(1)
