"""What can be odd about a file, by family; each change answers None where it does not apply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.pipelines.fuzz.grids import Grid

Change = Callable[[Random, Grid], Grid | bytes | None]


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change of one table, or with `of_bytes` of the bytes of a whole file.

    `told`: figures that then differ from the publisher's own may not pass without a word. The
    file is refused, or the version has a note that it would not have otherwise.
    """

    family: str
    name: str
    change: Change | None
    told: bool
    of_bytes: Callable[[Random, bytes], bytes] | None = None


MUTATIONS: list[Mutation] = []


def mutation(family: str, *, told: bool = True) -> Callable[[Change], Change]:
    def register(change: Change) -> Change:
        name = getattr(change, "__name__", "").replace("_", " ")
        MUTATIONS.append(Mutation(family, name, change, told))
        return change

    return register


def of_file(
    name: str,
    change: Callable[[Random, bytes], bytes],
    *,
    family: str = "file",
    told: bool = True,
) -> None:
    MUTATIONS.append(Mutation(family, name, None, told, change))
