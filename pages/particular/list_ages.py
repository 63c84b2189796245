"""Age and sex of a list: the pyramid against the benchmark and the age groups of areas."""

from __future__ import annotations

from components import charts
from components.blocks import Absent, Figure
from data import format as fmt
from data.datasets.list_sizes import QUINARY_BANDS, band_label, band_part
from data.versions.orgs import Org
from pages.dashboard import breakdowns, figures, peers
from pages.dashboard.context import View
from pages.dashboard.words import brief, short_name
from pages.particular.list_sizes import measure

AGES: breakdowns.Grouping = tuple(
    (
        label,
        tuple(
            band_part(sex, band)
            for sex in ("m", "f")
            for band in QUINARY_BANDS
            if low <= int(band.rstrip("+").split("_")[0]) < high
        ),
    )
    for label, low, high in (
        ("0 to 14", 0, 15),
        ("15 to 44", 15, 45),
        ("45 to 64", 45, 65),
        ("65 to 74", 65, 75),
        ("75 to 84", 75, 85),
        ("85 and over", 85, 999),
    )
)


def _band_shares(view: View, org: Org) -> dict[str, float | None]:
    """Each sex and band as % of all patients; None in months without an age file."""
    parts = view.snapshot.parts_at(
        org.level, org.code, month=view.period, membership=view.membership
    )
    bands = {
        band_part(sex, band): parts.get(band_part(sex, band))
        for sex in ("m", "f")
        for band in QUINARY_BANDS
    }
    known = [count for count in bands.values() if count is not None]
    total = sum(known) if len(known) == len(bands) else 0
    return {
        part: 100 * count / total if total and count is not None else None
        for part, count in bands.items()
    }


def pyramid(view: View) -> Figure:
    """Age and sex, with the benchmark as an outline."""
    against = peers.peers(view).area or view.england
    name = short_name(view.org)
    same = against.code == view.org.code
    own, theirs = _band_shares(view, view.org), _band_shares(view, against)
    over_65 = peers.figure(view, measure(view, "aged_65_and_over"))
    title = "Age and sex"
    if over_65.value is not None:
        title = f"{fmt.value(over_65.value, 'percent')} of patients are 65 or over"
    frame = figures.frame(
        view,
        "pyramid",
        title,
        f"Five-year bands, % of registered patients, {name}"
        + ("" if same else f"; lines mark {short_name(against)}"),
    )
    if all(value is None for value in own.values()):
        words = f"The age file of {view.when} is not loaded for {name}."
        return Figure(frame, Absent(words, "not_held"))
    ages = tuple(
        charts.Age(
            band_label(band),
            own[band_part("m", band)],
            own[band_part("f", band)],
            None if same else theirs[band_part("m", band)],
            None if same else theirs[band_part("f", band)],
        )
        for band in QUINARY_BANDS
    )
    chart = charts.Pyramid(bands=ages, name=brief(view.org), marker=brief(against))
    return Figure(frame, chart, figures.working(view, over_65))


def age_bars(view: View) -> Figure:
    """Six age groups for every organisation shown; counts are in the table of the download."""
    name = short_name(view.org)
    over = peers.figure(view, measure(view, "dependency_ratio"))
    rows = []
    for org in breakdowns.shown_orgs(view):
        by_part = _band_shares(view, org)
        totals: list[float | None] = []
        for _, parts in AGES:
            known = [by_part[part] for part in parts]
            present = [one for one in known if one is not None]
            totals.append(sum(present) if len(present) == len(known) else None)
        rows.append(charts.Row(brief(org), tuple(totals), you=org is view.org))
    title = "Age groups"
    if over.value is not None:
        others = fmt.value(over.value, "per_100")
        title = f"For 100 patients of working age, {others} are younger or older"
    frame = figures.frame(view, "ages", title, "Age groups, % of registered patients")
    if all(share is None for share in rows[0].shares):
        words = f"The age file of {view.when} is not loaded for {name}."
        return Figure(frame, Absent(words, "not_held"))
    chart = charts.Stacked(
        rows=tuple(rows),
        parts=tuple(label for label, _ in AGES),
        what="registered patients",
        ordered=True,
    )
    return Figure(frame, chart, figures.working(view, over))
