"""Organisation Data Service reports: epraccur, eccg, epcmem and the ePCN workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from pipelines.datasets.practices.demo_pcn_workbook import day_text, write_workbook
from pipelines.demo import names
from pipelines.demo.release import DemoRelease, Writing
from pipelines.demo.world import World

_GP_PRACTICE = "RO76"
_SUB_ICB = "RO319"
_OTHER_SETTINGS = (
    ("RO321", "PCN Hub"),
    ("RO323", "Pharmacy"),
    ("RO247", "Community Services"),
    ("RO82", "Prison Healthcare"),
    ("RO87|RO80", "Walk-in Centre"),
    ("RO249", "Hospice"),
    ("RO72", "Recovery Unit"),
)
_OTHERS_PER_PRACTICE = 0.4
_CLOSED_EARLIER = 0.15  # practices that closed before the first month, per practice
_ABROAD = 0.02  # practices outside England, per practice


def write(folder: Path, world: World) -> Writing:
    """One release: the reports as they are the day after the last list sizes."""
    published = world.months[-1] + timedelta(days=1)
    home = folder / published.isoformat()
    home.mkdir(parents=True, exist_ok=True)
    reports = {
        "epraccur": _quoted(_practice_rows(world), "\n"),
        "eccg": _quoted(_sub_icb_rows(world), "\r\n"),
        "epcmem": _quoted(_membership_rows(world), "\n"),
    }
    files = []
    for name, content in reports.items():
        path = home / f"{name}.csv"
        path.write_bytes(content)
        files.append(path)
    files.append(write_workbook(home / "ePCN.xlsx", world, published))
    title = f"Organisation Data Service reports, {published.day} {published:%B %Y}"
    yield DemoRelease("practices", published.isoformat(), title, published, tuple(files)), 1.0


def _quoted(rows: Iterator[Sequence[str]], line_end: str) -> bytes:
    return "".join('"' + '","'.join(row) + '"' + line_end for row in rows).encode()


def _row(
    *,
    code: str,
    name: str,
    region: str,
    icb: str,
    street: str = "",
    town: str = "",
    postcode: str = "",
    opened: date,
    closed: date | None = None,
    status: str = "ACTIVE",
    commissioner: str = "",
    joined: date | None = None,
    telephone: str = "",
    setting: str = _GP_PRACTICE,
) -> tuple[str, ...]:
    """The 27 columns of epraccur in the current generation of the report."""
    return (
        *(code, name.upper(), region, icb),
        *(street.upper(), "", "", town.upper(), "", postcode),
        *(day_text(opened), day_text(closed), status, "B", commissioner),
        *(day_text(joined or opened), day_text(closed), telephone),
        *("", "", "", "1", "", commissioner, "", setting, ""),
    )


def _practice_rows(world: World) -> Iterator[tuple[str, ...]]:
    rng = world.random(7)
    icb_of = world.icb_of_sub_icb(world.months[-1])
    joined = date(2020, 4, 1)
    places = []
    for position, sub_icb in enumerate(world.sub_icbs):
        icb = world.icbs[icb_of[position]]
        places.append((world.regions[icb.region], icb.code, sub_icb.code))
    for number, site in enumerate(world.practices):
        region, icb_code, sub_icb_code = places[world.sub_icb_of_practice[number]]
        yield _row(
            code=site.code,
            name=site.name,
            region=region.code,
            icb=icb_code,
            street=site.street,
            town=site.town,
            postcode=site.postcode,
            opened=site.opened,
            closed=site.closed,
            status=site.status,
            commissioner=sub_icb_code,
            joined=max(site.opened, joined),
            telephone=site.telephone if rng.random() > 0.03 else "",
        )
    for number in range(round(len(world.practices) * _CLOSED_EARLIER)):
        region, icb_code, sub_icb_code = places[rng.integers(len(places))]
        town = world.pcns[rng.integers(len(world.pcns))].town
        street = names.street(rng)
        yield _row(
            code=f"Z9{number:04d}",
            name=names.practice_name(rng, town, street),
            region=region.code,
            icb=icb_code,
            street=f"{rng.integers(1, 99)} {street}",
            town=town,
            postcode=names.postcode(rng, region.postcode_area, int(rng.integers(1, 99))),
            opened=date(1974, 4, 1),
            closed=_earlier(world, rng),
            status="INACTIVE",
            commissioner=sub_icb_code,
            joined=date(2013, 4, 1),
        )
    for number in range(max(1, round(len(world.practices) * _ABROAD))):
        yield _row(
            code=f"W9{number:04d}",
            name="Meddygfa Glan Afon",
            region="W00",
            icb="7QZ",
            town="Llanddychymyg",
            postcode=names.postcode(rng, "ZR", 1),
            opened=date(1974, 4, 1),
            commissioner="7QZ",
        )
    for number in range(round(len(world.practices) * _OTHERS_PER_PRACTICE)):
        region, icb_code, sub_icb_code = places[rng.integers(len(places))]
        setting, kind = _OTHER_SETTINGS[number % len(_OTHER_SETTINGS)]
        town = world.pcns[rng.integers(len(world.pcns))].town
        yield _row(
            code=f"Z8{number:04d}",
            name=f"{town} {kind}",
            region=region.code,
            icb=icb_code,
            street=f"{rng.integers(1, 99)} {names.street(rng)}",
            town=town,
            postcode=names.postcode(rng, region.postcode_area, int(rng.integers(1, 99))),
            opened=date(2023, 12, 1),
            status="DORMANT" if number % 23 == 0 else "ACTIVE",
            commissioner=sub_icb_code,
            setting=setting,
        )


def _earlier(world: World, rng: np.random.Generator) -> date:
    """A day between 2017, from when the report keeps closed practices, and the first month."""
    first = date(2017, 4, 30)
    return first + timedelta(days=int(rng.integers((world.months[0] - first).days)))


def _sub_icb_rows(world: World) -> Iterator[tuple[str, ...]]:
    """eccg: the CCGs before, without a role, then today's sub-ICB locations."""
    icb_of = world.icb_of_sub_icb(world.months[-1])
    for former in (True, False):
        for position, sub_icb in enumerate(world.sub_icbs):
            icb = world.icbs[icb_of[position]]
            region = world.regions[icb.region]
            town = world.pcns[int(np.argmax(world.layout.sub_icb_of_pcn == position))].town
            yield (
                _former_code(position) if former else sub_icb.code,
                f"NHS {town} CCG".upper() if former else sub_icb.name(icb).upper(),
                *(region.code, icb.code, "1 GUILDHALL SQUARE", "", "", town.upper(), ""),
                *(f"{region.postcode_area}1 1ZZ", "20130401", "20200331" if former else "", ""),
                *("" if former else _SUB_ICB, "", "", "", "", "", "", "", "1", "", "", "", "", ""),
            )


def _membership_rows(world: World) -> Iterator[tuple[str, ...]]:
    """epcmem: half of the practices came from a former CCG in 2020."""
    for number, site in enumerate(world.practices):
        position = int(world.sub_icb_of_practice[number])
        joined = max(site.opened, date(2013, 4, 1))
        if number % 2 and joined < date(2020, 4, 1):
            yield (site.code, _former_code(position), "", day_text(joined), "20200331", "1")
            joined = date(2020, 4, 1)
        left = day_text(site.closed)
        yield (site.code, world.sub_icbs[position].code, "", day_text(joined), left, "1")


def _former_code(sub_icb: int) -> str:
    """Code of the CCG that a sub-ICB location followed."""
    return f"0Z{chr(65 + sub_icb)}" if sub_icb < 26 else f"Z{sub_icb:02d}"
