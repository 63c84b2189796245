"""Every list of the API: those with rows of their own making, and those made from declarations.

`api.wide` makes one from a dataset, `api.cells` one from an extra fact table; neither where a
module here has its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from api import (
    cells,
    cqc,
    datasets,
    fingertips,
    gp_contract,
    organisations,
    payments,
    pcn_des,
    qof,
    survey,
    wide,
    workforce,
)
from api.listing import Listing, Reference
from data.registry import all_datasets

OWN: tuple[Listing | Reference, ...] = (
    *organisations.LISTS,
    *workforce.LISTS,
    *qof.LISTS,
    *survey.LISTS,
    *payments.LISTS,
    *gp_contract.LISTS,
    *pcn_des.LISTS,
    *cqc.LISTS,
    *fingertips.LISTS,
    *datasets.LISTS,
)


def _made() -> Iterator[Listing]:
    own = {one.path for one in OWN}
    for dataset in all_datasets():
        if f"{dataset.id}/" not in own:
            yield wide.of_dataset(dataset)
    for dataset in all_datasets():
        for table in dataset.extra:
            if f"{dataset.id}/{table.id}/" not in own:
                yield cells.of_table(dataset, table)


LISTS = (*OWN, *_made())
