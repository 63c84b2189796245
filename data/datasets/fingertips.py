"""Public health profiles (Fingertips): the publisher's own values of indicators, area by area.

Fingertips has no releases: an indicator has periods of its own (financial years, calendar years,
runs of years, quarters), and is changed when its source is. A period here is the financial year
that begins in the calendar year with which an indicator's own period begins (`Time period
Sortable`): 2023/24 is kept under 2023/24, and so are 2023 and 2023 - 25. The text that the
publisher gives stays beside every value.

The fact table of a year holds every value of every indicator that was fetched, for practices,
PCNs, sub-ICB locations, ICBs, NHS regions and England, with its limits, count, denominator, note,
trend and comparison. The tables `indicators` and `groups` hold what the year's indicators mean
and in which profiles they are shown. Parts and measures exist for a declared set of headline
indicators. Nothing is ever added up: a value of an area is the publisher's or is missing.
"""

from dataclasses import dataclass
from datetime import time

from data.families import Field, family, part_id
from data.spec import Dataset, FactTable, Measure, Rhythm, Unit


@dataclass(frozen=True, slots=True)
class Headline:
    """An indicator that has parts and a measure, called by a word in them."""

    indicator: str  # the publisher's id
    label: str
    unit: Unit
    what: str
    why: str


HEADLINES = {
    "smoking": Headline(
        "91547",
        "Smoking prevalence in adults (15+)",
        "percent",
        "patients aged 15 and over recorded as current smokers as a percentage of registered "
        "patients aged 15 and over",
        "From the Quality and Outcomes Framework: it depends on whom practices ask and record.",
    ),
    "dementia": Headline(
        "247",
        "Dementia: prevalence",
        "percent",
        "patients on the dementia register as a percentage of registered patients of all ages",
        "Reflects age and case finding as well as how common dementia is.",
    ),
    "learning_disability": Headline(
        "200",
        "Learning disability: prevalence",
        "percent",
        "patients on the learning disability register as a percentage of registered patients",
        "Registers hold those who are known to have a learning disability, which is a part of all.",
    ),
    "deprivation_2019": Headline(
        "93553",
        "Deprivation score (IMD 2019)",
        "mean",
        "mean Index of Multiple Deprivation 2019 of the places where registered patients live; "
        "it is of the calendar year 2019, and stands here under 2019/20",
        "The higher, the more deprived. It describes places and not the people who live there.",
    ),
    "deprivation_2025": Headline(
        "94240",
        "Deprivation score (IMD 2025)",
        "mean",
        "mean Index of Multiple Deprivation 2025 of the places where registered patients live; "
        "it is of the calendar year 2025, and stands here under 2025/26",
        "The higher, the more deprived. Listed for PCNs, but without any value of theirs.",
    ),
}
FIELDS = (
    Field("value", "VALUE", "published value", kind="decimal", spread="published"),
    Field("low", "LOW", "lower 95 % limit", kind="decimal", spread="published"),
    Field("high", "HIGH", "upper 95 % limit", kind="decimal", spread="published"),
    Field("count", "COUNT", "count", kind="decimal", spread="published"),
    Field("denominator", "DENOMINATOR", "denominator", kind="decimal", spread="published"),
)
EVERY = ""  # in place of an indicator's word: counts of what is held
COUNTS = (
    Field("indicators", "INDICATORS", "with a value", spread="published"),
    Field("values_held", "VALUES_HELD", "values of all areas", spread="published"),
)


def _measure(word: str, one: Headline) -> Measure:
    return Measure(
        word,
        one.label,
        num=part_id(word, "value"),
        unit=one.unit,
        rollup="published_only",
        counted=False,
        what=f"{one.what}, as published",
        why=one.why,
        low=part_id(word, "low"),
        high=part_id(word, "high"),
        base=part_id(word, "denominator") if one.unit == "percent" else "",
    )


DATASET = Dataset(
    id="fingertips",
    title="Fingertips",
    publisher="Office for Health Improvement and Disparities",
    series="Fingertips",
    source_url="https://fingertips.phe.org.uk/profile/general-practice",
    cadence="annual",
    publication_lag="differs by indicator; most of general practice once a year, in the winter",
    period="financial_year",
    dims=("indicator", "sex", "age", "time_period"),
    parts=(
        *family({EVERY: "Indicators held"}, COUNTS, field="field"),
        *family({word: one.label for word, one in HEADLINES.items()}, FIELDS, field="field"),
    ),
    measures=(
        Measure(
            "values_held",
            "Values held",
            num="values_held",
            rollup="published_only",
            what="published values of all indicators and areas whose period begins in the year",
            why="How much of Fingertips is held here. It says nothing about health.",
        ),
        Measure(
            "indicators",
            "Indicators with a value",
            num="indicators",
            rollup="published_only",
            what="indicators that have a value for the organisation in the year",
            why="Where there is none, the publisher gives none: the list may be too small.",
        ),
        *(_measure(word, one) for word, one in HEADLINES.items()),
    ),
    breakdowns=(),
    headline="values_held",
    control="values_held",
    caveats=(
        ("Every indicator has a definition and caveats of its own: read them before comparing."),
        (
            "A value is kept under the financial year that begins in the calendar year with which "
            "its own period begins; the period as published stands beside it."
        ),
        (
            "All figures, those of areas too, are the publisher's: none is added up or averaged "
            "here."
        ),
        (
            "The publisher leaves practices with short lists (under 750 or 1,000 patients) out of "
            "some indicators."
        ),
        (
            "The publisher gives its downloads no date. The date shown is the day on which the "
            "newest change was fetched."
        ),
        "Better and worse are the publisher's comparison with England, not a verdict.",
        (
            "Values by deprivation decile and other groups within an area, and those of local "
            "authorities, are not kept."
        ),
        (
            "Areas are recognised by the NHS code in their name, or by their name. One that is not "
            "recognised is kept among the rows and named in the notes."
        ),
        (
            "Lists of profiles, groups and area types, and the file of definitions, are not yet "
            "checked against real ones. Files with other fields are not loaded."
        ),
    ),
    needs=("list-sizes",),
    tool="fingertips",
    extra=(
        FactTable("indicators", "Names and definitions", ("indicator", "name"), "values_held"),
        FactTable("groups", "Profiles and groups", ("indicator", "profile", "group"), "group_id"),
    ),
    rhythm=Rhythm(weekdays=(6,), times=(time(3, 30),)),
)
