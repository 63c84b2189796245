"""Fingertips on loopback: vocabularies in JSON, downloads in CSV, ids that can be moved."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipelines.datasets.fingertips.files import HEADINGS
from tests.publication_site.site import PublicationSite

PROFILE_ID = 20
GROUPS = {2000005: "Practice Summary", 3000010: "Cardiovascular disease"}
AREA_TYPES = {7: "GPs", 15: "England", 204: "PCNs (v. 23/05/24)", 221: "ICBs", 402: "Counties"}
NAMES = {"247": "Dementia: QOF prevalence (all ages)", "241": "Another, with a comma: prevalence"}
_COMPARED_TO_PARENT = 22  # position of the column that is named after the parent


@dataclass(frozen=True, slots=True)
class Value:
    """A row of a download as a test thinks of it: so many in so many patients."""

    indicator: str
    kind: str
    code: str
    name: str
    count: int
    of: int
    period: str = "2024/25"


ENGLAND = Value("247", "England", "E92000001", "England", 500, 60_000)


def download(values: Iterable[Value], **changes: str) -> bytes:
    """A long CSV. `changes` replace cells of its last row, by heading in lower case and `_`."""
    text = io.StringIO()
    names = [name.title().replace("Ci", "CI").replace("Id", "ID") for name in HEADINGS]
    names.insert(_COMPARED_TO_PARENT, "Compared to ICBs value or percentiles")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    rows = [_row(value) for value in values]
    if changes:
        places = {name.lower().replace(" ", "_"): place for place, name in enumerate(names)}
        for name, cell in changes.items():
            rows[-1][places[name]] = cell
    writer.writerows(rows)
    return text.getvalue().encode()


def _row(one: Value) -> list[str]:
    share = 100 * one.count / one.of
    return [
        one.indicator,
        NAMES[one.indicator],
        "E92000001",
        "England",
        one.code,
        one.name,
        one.kind,
        "Persons",
        "All ages",
        "",
        "",
        one.period,
        f"{share:.12f}",
        f"{share * 0.9:.12f}",
        f"{share * 1.1:.12f}",
        "",
        "",
        str(one.count),
        str(one.of),
        "",
        "Cannot be calculated",
        "Similar",
        "Not compared",
        f"{one.period[:4]}0000",
        "",
        "",
        "1y",
    ]


def answer(site: PublicationSite, path: str, found: object) -> None:
    """A vocabulary; it is called by its path without the query."""
    site.add_answer(
        path,
        json.dumps(found).encode(),
        name=path.partition("?")[0],
        content_type="application/json; charset=utf-8",
    )


def publish_vocabularies(
    site: PublicationSite, *, area_types: Mapping[int, str] = AREA_TYPES
) -> None:
    answer(
        site,
        "profiles",
        [
            {"Id": 19, "Name": "Public Health Outcomes Framework", "GroupIds": [1]},
            {"Id": PROFILE_ID, "Name": "National General Practice Profiles", "GroupIds": [*GROUPS]},
        ],
    )
    groups = [{"Id": number, "Name": name, "Sequence": 1} for number, name in GROUPS.items()]
    answer(site, f"group_metadata?group_ids={','.join(map(str, GROUPS))}", groups)
    areas = [{"Id": number, "Name": name, "Short": name} for number, name in area_types.items()]
    answer(site, f"area_types?profile_ids={PROFILE_ID}", areas)
    definitions = (
        "Indicator ID,Indicator,Definition,Unit,Polarity\r\n247,Dementia,On the register,%,"
    )
    site.add_answer(
        f"indicator_metadata/csv/by_profile_id?profile_id={PROFILE_ID}",
        f"{definitions}Not applicable\r\n".encode(),
        name="definitions",
        content_type="text/csv",
    )


def publish_download(site: PublicationSite, group: int, area: int, body: bytes) -> None:
    """The download of a group and kind of area; it is called `<group>-<area>`."""
    site.add_answer(
        f"all_data/csv/by_group_id?child_area_type_id={area}&parent_area_type_id=15"
        f"&group_id={group}&profile_id={PROFILE_ID}",
        body,
        name=f"{group}-{area}",
        content_type="text/csv",
    )
