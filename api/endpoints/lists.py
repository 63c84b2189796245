"""Every list of the API: those with rows of their own making, and those made from declarations.

`wide` makes one from a dataset, `cells` one from an extra fact table; neither where a module here
has its own.
"""

from __future__ import annotations

from api.endpoints import (
    cells,
    cqc,
    datasets,
    figures,
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


_OWN_PATHS = {listing.path for listing in OWN}
_MADE = (
    *(wide.of_dataset(dataset) for dataset in all_datasets()),
    *(figures.of_dataset(dataset) for dataset in all_datasets()),
    *(cells.of_table(dataset, table) for dataset in all_datasets() for table in dataset.extra),
)
LISTS = (*OWN, *(listing for listing in _MADE if listing.path not in _OWN_PATHS))
