"""GP Contract Services: core contract, learning disability checks, vaccinations, unpaid carers."""

from datetime import time

from data.datasets.vocabulary.gp_contract import (
    COUNT,
    DENOMINATOR,
    NUMERATOR,
    PCA,
    SERVICES,
    Indicator,
    indicators,
)
from data.families import Field, family, part_id
from data.spec import Dataset, FactTable, Measure, Part, Rhythm

USABLE = "usable"
"""The value, NULL where its pair is suppressed, so that a ratio has both halves or neither."""

_PAIR = (
    Field("num", NUMERATOR, "patients counted, where both numbers are published"),
    Field("den", DENOMINATOR, "patients whom it is meant for, where both numbers are published"),
)
_ADJUSTED = (*_PAIR, Field("pca", PCA, "personalised care adjustments"))
_COUNT = (Field("count", COUNT, "patients"),)


def _fields(one: Indicator) -> tuple[Field, ...]:
    if one.form != "fraction":
        return _COUNT
    return _ADJUSTED if one.adjusted else _PAIR


def _label(one: Indicator) -> str:
    return f"{one.indicator} {one.label}"


def _parts() -> tuple[Part, ...]:
    return tuple(
        part
        for one in indicators().values()
        for part in family({one.indicator: _label(one)}, _fields(one), value=USABLE)
    )


def _over(one: Indicator) -> str:
    """Over what time an indicator counts, as far as the publisher says."""
    if one.cumulative is None:
        return "at the end of the month, over the time that its definition says"
    return "from 1 April to the end of the month" if one.cumulative else "in the month alone"


def _measures(one: Indicator) -> tuple[Measure, ...]:
    num, den, pca, count = (
        part_id(one.indicator, suffix) for suffix in ("num", "den", "pca", "count")
    )
    service = SERVICES[one.service]
    unseen = "" if one.seen else " No published file with it has been seen yet."
    if one.form != "fraction":
        what = "patients to whom the service is offered" if one.form == "cohort" else "patients"
        return (
            Measure(
                count,
                _label(one),
                num=count,
                rollup="sum",
                short=one.indicator,
                what=f"{service}: {what}, counted {_over(one)}",
                why="A count without a published denominator: it grows with the list." + unseen,
            ),
        )
    share = Measure(
        part_id(one.indicator, "share"),
        _label(one),
        num=num,
        den=den,
        unit="percent",
        short=one.indicator,
        what=f"{service}: numerator as a percentage of the denominator, counted {_over(one)}",
        why="Starts again every April where it counts from 1 April, so compare the same month of "
        "other years." + unseen,
    )
    if not one.adjusted:
        return (share,)
    rate = Measure(
        part_id(one.indicator, "pca_rate"),
        f"{one.indicator} Personalised care adjustments",
        num=pca,
        den=f"{den} + {pca}",
        unit="percent",
        short=f"{one.indicator} PCA rate",
        what="personalised care adjustments as a percentage of all patients whom it is meant for",
        why="Patients left out of the denominator because they declined or were not suited.",
    )
    return share, rate


DATASET = Dataset(
    id="gp-contract",
    title="GP contract services",
    publisher="NHS England",
    series="GP Contract Services",
    source_url="https://digital.nhs.uk/data-and-information/publications/statistical/"
    "gp-contract-services",
    cadence="quarterly",
    publication_lag="the core contract after each quarter, vaccination programmes once their "
    "service closes for the year",
    rhythm=Rhythm(times=(time(9, 45),)),
    dims=("quality_service", "indicator", "measure", "rule"),
    parts=(
        Part("practices", "Practices with figures", "count(DISTINCT practice)"),
        Part("cells", "Values published or suppressed", "count(*)"),
        Part("suppressed", "Values suppressed", "count(*) - count(value)"),
        *_parts(),
    ),
    measures=(
        Measure(
            "practices",
            "Practices with figures",
            num="practices",
            rollup="sum",
            stock=True,
            what="practices that the month's files list",
            why="A practice that does not take part, or is suspended, is absent from the files.",
        ),
        Measure(
            "suppressed_share",
            "Suppressed values",
            num="suppressed",
            den="cells",
            unit="percent",
            what="values that the publisher suppressed as a percentage of all its values",
            why="A suppressed value is a small number that is not known, and is never 0.",
        ),
        *(measure for one in indicators().values() for measure in _measures(one)),
    ),
    breakdowns=(),
    headline="practices",
    control="practices",
    caveats=(
        (
            "Management information: the publisher checks the quality of learning disability "
            "health checks only."
        ),
        (
            "Most indicators of the core contract count from 1 April to the date shown. Months are "
            "not added up: the latest month of a year is the year so far."
        ),
        (
            "A suppressed value is missing here, with its pair: a percentage has both its numbers "
            "or neither, at every level."
        ),
        (
            "Files are issued again when the publisher finds an error. The latest issue is shown, "
            "and the notes name it."
        ),
        (
            "Files have no geography: practices belong to the PCN, ICB and region of the "
            "list-size map of the month."
        ),
        (
            "Vaccination, learning disability and carers files are not yet checked against real "
            "ones. A file with other columns is named and not loaded; the others are."
        ),
        (
            "Vaccinations, health checks and carers by sex, age and ethnicity are shown for months "
            "of which the core contract is loaded."
        ),
    ),
    needs=("list-sizes",),
    tool="gp-contract",
    suppression="a small number, not published",
    extra=(
        FactTable(
            "carers",
            "Unpaid carers by sex, age and ethnicity",
            ("sub_icb", "quality_service", "indicator", "sex", "age", "ethnicity"),
            "value",
        ),
    ),
)
