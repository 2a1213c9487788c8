"""Chance that the same seed gives again, on every machine and version of Python."""

import hashlib
from collections.abc import Sequence
from math import sqrt
from typing import TypeVar

T = TypeVar("T")

_BYTES = 7


class Chance:
    """Numbers by the SHA-256 of a seed and their place."""

    def __init__(self, seed: str) -> None:
        self._seed, self._count = seed, 0

    def share(self) -> float:
        """Evenly from 0 up to, but without, 1."""
        self._count += 1
        digest = hashlib.sha256(f"{self._seed}\n{self._count}".encode()).digest()
        return int.from_bytes(digest[:_BYTES], "big") / (1 << 8 * _BYTES)

    def triangular(self, least: float, likely: float, most: float) -> float:
        """Between two bounds, most often near `likely`."""
        share, peak = self.share(), (likely - least) / (most - least)
        if share < peak:
            return least + sqrt(share * (most - least) * (likely - least))
        return most - sqrt((1 - share) * (most - least) * (most - likely))

    def one_of(self, items: Sequence[T]) -> T:
        return items[int(self.share() * len(items))]
