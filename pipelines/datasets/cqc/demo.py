"""Care Quality Commission: locations, ratings and directory of the last months.

The publisher's page holds today's files only, so the demonstration holds the last few snapshots.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import xlsxwriter

from data.datasets.vocabulary.cqc import KEY_QUESTIONS, LOCATION_PAGE, RATINGS
from pipelines.datasets.cqc.demo_columns import COLUMNS
from pipelines.demo import csv_text
from pipelines.demo.names import postcode
from pipelines.demo.open_document import write_sheets
from pipelines.demo.release import DemoRelease, Writing
from pipelines.demo.world import World

_SNAPSHOTS = 3
_MEAN_DEPRIVATION = 23.0
_OVERALL_LIMITS = (1.75, -1.6, -2.4)  # luck above: outstanding; below: to improve; inadequate
_UNRATED = 0.04  # share of practices registered anew since their last report
_NO_CODE = 0.03
_BRANCHES = 0.06
_PRIVATE = 0.02  # private GP services, which are of no practice with a list
_OTHERS = (
    ("Dentists", "Dental service", "Dentist"),
    ("Residential social care", "Care home service without nursing", "Residential homes"),
)
_GP = ("GP Practices", "Doctors treatment service", "Doctors/GPs|Doctors/GPs")
_DIRECTORY_HEADINGS = (
    "Name",
    "Also known as",
    "Address",
    "Postcode",
    "Phone number",
    "Service's website (if available)",
    "Service types",
    "Date of latest check",
    "Specialisms/services",
    "Provider name",
    "Local authority",
    "Region",
    "Location URL",
    "CQC Location ID (for office use only)",
    "CQC Provider ID (for office use only)",
)
_RATINGS_HEADINGS = (
    "Location ID",
    "Location ODS Code",
    "Location Name",
    "Location Primary Inspection Category",
    "Location Post Code",
    "Location Local Authority",
    "Location Region",
    "Service / Population Group",
    "Domain",
    "Latest Rating",
    "Publication Date",
    "Report Type",
    "Inherited Rating (Y/N)",
    "URL",
    "Provider ID",
    "Provider Name",
)


@dataclass(frozen=True, slots=True)
class _Place:
    """A location. `ratings` are those of the key questions, then the overall one."""

    id: str
    name: str
    ods_code: str
    postcode: str
    street: str
    town: str
    region: str
    telephone: str
    kind: tuple[str, str, str]  # inspection category, service type, service in the directory
    opened: date
    ratings: tuple[str, ...]
    reported: date | None

    @property
    def provider(self) -> tuple[str, str]:
        return f"1-8{self.id[3:]}", f"{self.name} Partnership"


def write(folder: Path, world: World) -> Writing:
    places = tuple(_places(world))
    months = [n for n in range(len(world.months)) if n >= len(world.months) - _SNAPSHOTS]
    for done, number in enumerate(months, 1):
        month = world.months[number]
        listed = {world.practices[n].code for n in world.history.listed(number)}
        there = [
            place
            for place in places
            if place.ods_code[:6] in listed or not place.ods_code or place.kind is not _GP
        ]
        home = folder / f"{month:%Y-%m}"
        home.mkdir(parents=True, exist_ok=True)
        files = (
            _locations(home, month, there),
            _ratings(home, month, there),
            _directory(home, month, there),
        )
        title = f"Care directory and ratings, 1 {month:%B %Y}"
        yield DemoRelease("cqc", f"cqc-{month:%Y%m%d}", title, month, files), done / len(months)


def _places(world: World) -> Iterator[_Place]:
    """One location for each practice, some branches, private GPs and others."""
    rng = world.random(61)
    who = world.characters
    poverty = (who.deprivation - _MEAN_DEPRIVATION) / 10
    strain = 0.25 * poverty + 0.6 * who.patience - 0.8 * (who.gp_share - 0.42)
    last = world.months[-1]
    for number, site in enumerate(world.practices):
        region = world.regions[
            world.icbs[world.icb_of_sub_icb(last)[world.sub_icb_of_practice[number]]].region
        ]
        ratings = _drawn(rng, float(strain[number]))
        reported: date | None = last - timedelta(days=int(rng.integers(90, 3300)))
        if rng.random() < _UNRATED:
            ratings, reported = (), None
        own = _Place(
            id=f"1-9{number:08d}",
            name=site.name,
            ods_code="" if rng.random() < _NO_CODE else site.code,
            postcode=site.postcode,
            street=site.street,
            town=site.town,
            region=region.name,
            telephone=site.telephone,
            kind=_GP,
            opened=max(site.opened, date(2013, 4, 1)),
            ratings=ratings,
            reported=reported,
        )
        yield own
        if rng.random() < _BRANCHES:
            yield _like(own, 70_000_000 + number, f"{site.name} Branch", f"{site.code}001")
        if rng.random() < _PRIVATE:
            yield _like(
                own,
                71_000_000 + number,
                f"{site.town} Private Clinic",
                "",
                postcode=postcode(rng, region.postcode_area, 98),
            )
        if number % 10 == 0:
            yield _like(
                own,
                72_000_000 + number,
                f"{site.town} {number}",
                "",
                kind=_OTHERS[number // 10 % 2],
            )


def _like(
    place: _Place,
    number: int,
    name: str,
    ods_code: str,
    *,
    postcode: str = "",
    kind: tuple[str, str, str] = _GP,
) -> _Place:
    """Another location beside a practice's, without a rating of its own unless it is a branch."""
    return _Place(
        f"1-9{number:08d}",
        name,
        ods_code,
        postcode or place.postcode,
        place.street,
        place.town,
        place.region,
        place.telephone,
        kind,
        place.opened,
        place.ratings if ods_code else (),
        place.reported if ods_code else None,
    )


def _drawn(rng: np.random.Generator, strain: float) -> tuple[str, ...]:
    """Key questions and the overall rating: the more strain, the lower the luck."""
    outstanding, improve, inadequate = _OVERALL_LIMITS
    names = tuple(RATINGS.values())
    common = rng.normal(0, 0.7)
    luck = common + rng.normal(0, 0.7, len(KEY_QUESTIONS)) - strain

    def named(score: float) -> int:
        if score > outstanding:
            return 0
        return 1 + (score < improve) + (score < inadequate)

    found = [named(score) for score in luck]
    worst = sorted(found)
    overall = worst[-2] if worst[-1] > 1 else (0 if found.count(0) > 1 else 1)
    return tuple(names[n] for n in (*found, overall))


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _locations(home: Path, month: date, places: list[_Place]) -> Path:
    path = home / f"01_{month:%B_%Y}_HSCA_Active_Locations.xlsx"
    at = {name: column for column, name in enumerate(COLUMNS)}
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        book.set_properties({"created": datetime.combine(month, time())})
        book.add_worksheet("README").write_column(
            0,
            0,
            [
                "Care directory with filters",
                f"CQC database as at 01 {month:%B %Y}",
                "Fictional locations and ratings",
            ],
        )
        sheet = book.add_worksheet("HSCA_Active_Locations")
        sheet.write_row(0, 0, COLUMNS)
        for row, place in enumerate(places, 1):
            for name, value in _cells(place).items():
                if value:
                    sheet.write_string(row, at[name], value)
        book.add_worksheet("Dual_Registration_Locations").write_row(
            0, 0, ("Location ID", "Primary ID (Dual registration locations)")
        )
    return path


def _cells(place: _Place) -> dict[str, str]:
    provider, provider_name = place.provider
    return {
        "Location ID": place.id,
        "Location HSCA start date": _day(place.opened),
        "Dormant (Y/N)": "N",
        "Care home?": "N",
        "Location Name": place.name,
        "Location ODS Code": place.ods_code,
        "Location Telephone Number": place.telephone,
        "Location Type/Sector": "Primary Medical Services",
        "Location Inspection Directorate": "Primary medical services",
        "Location Primary Inspection Category": place.kind[0],
        "Location Latest Overall Rating": place.ratings[-1] if place.ratings else "",
        "Publication Date": _day(place.reported),
        "Inherited Rating (Y/N)": "N" if place.ratings else "",
        "Location Region": place.region,
        "Location NHS Region": place.region,
        "Location Local Authority": place.town,
        "Location Street Address": place.street,
        "Location City": place.town,
        "Location Postal Code": place.postcode,
        "Provider ID": provider,
        "Provider Name": provider_name,
        "Regulated activity - Treatment of disease, disorder or injury": "Y",
        f"Service type - {place.kind[1]}": "Y",
        "Service user band - Whole Population": "Y",
    }


def _ratings(home: Path, month: date, places: list[_Place]) -> Path:
    path = home / f"01_{month:%B_%Y}_Latest_ratings.ods"
    rows = [_RATINGS_HEADINGS]
    for place in places:
        about = (
            place.id,
            place.ods_code,
            place.name,
            place.kind[0],
            place.postcode,
            place.town,
            place.region,
        )
        domains = (*KEY_QUESTIONS.values(), "Overall")
        rows += [
            (
                *about,
                "Overall",
                domain,
                rating,
                _day(place.reported),
                "Location",
                "N",
                f"{LOCATION_PAGE}{place.id}",
                *place.provider,
            )
            for domain, rating in zip(domains, place.ratings, strict=False)
        ]
    providers = [("Provider ID", "Provider Name", "Domain", "Latest Rating")]
    readme = [("Latest ratings",), (f"As at 01 {month:%B %Y}",)]
    write_sheets(path, {"README": readme, "Locations": rows, "Providers": providers})
    return path


def _directory(home: Path, month: date, places: list[_Place]) -> Path:
    """The weekly directory: no codes, no ratings, four lines above the headings."""
    path = home / f"{month.day:02}_{month:%B_%Y}_CQC_directory.csv"
    blank = "," * (len(_DIRECTORY_HEADINGS) - 1)
    produced = f"This data was produced on {month.day} {month:%B %Y}{blank}"
    lines = [f"CQC Locations data{blank}", blank, produced, blank]
    lines.append(csv_text.line(*_DIRECTORY_HEADINGS))
    for place in places:
        checked = f"{place.reported:%d/%b/%Y} - 00:00" if place.reported else ""
        provider, provider_name = place.provider
        lines.append(
            csv_text.line(
                place.name,
                "",
                f"{place.street},{place.town}",
                place.postcode,
                place.telephone.replace(" ", "").lstrip("0"),
                "",
                place.kind[2],
                checked,
                "Services for everyone|Services for everyone",
                provider_name,
                place.town,
                place.region,
                f"{LOCATION_PAGE}{place.id}",
                place.id,
                provider,
            )
        )
    path.write_text("\n".join((*lines, "")), encoding="utf-8")
    return path
