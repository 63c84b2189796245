"""The modules whose endpoints have rows of their own making.

Every other endpoint is generated from a declaration: `api.v1` from a dataset, `api.cells` from an
extra fact table.
"""

from __future__ import annotations

from typing import Protocol

from api import (
    cqc,
    datasets,
    fingertips,
    gp_contract,
    organisations,
    payments,
    pcn_des,
    qof,
    survey,
    workforce,
)
from api.arguments import Blueprint


class Endpoints(Protocol):
    """A module of this package: what it serves, below the prefix, and how it is added."""

    @property
    def PATHS(self) -> tuple[str, ...]: ...

    def add(self, v1: Blueprint) -> None: ...


MODULES: tuple[Endpoints, ...] = (
    organisations,
    workforce,
    qof,
    survey,
    payments,
    gp_contract,
    pcn_des,
    cqc,
    fingertips,
    datasets,
)
PATHS = tuple(path for module in MODULES for path in module.PATHS)
