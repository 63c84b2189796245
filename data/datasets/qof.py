"""Quality and Outcomes Framework: registers of conditions, and achievement of indicators."""

from datetime import date
from itertools import pairwise

from data.datasets.vocabulary.qof import LIST_TYPES, NOT_STATED, REGISTERS, latest
from data.families import Field, family, part_id
from data.formula import sum_where
from data.periods import label
from data.spec import Break, Dataset, FactTable, Measure, Part

_FIELDS = (
    Field("num", "NUMERATOR", "patients for whom it was achieved"),
    Field("den", "DENOMINATOR", "eligible patients after personalised care adjustments"),
    Field("pcas", "PCAS", "personalised care adjustments"),
    Field("points", "ACHIEVED_POINTS", "points achieved", kind="decimal"),
)
_POINTS_BY_DOMAIN = {"CL": "Clinical", "PH": "Public health", "QI": "Quality improvement"}
_FRACTIONS = {
    code: one for code, one in latest().items()
    if one.domain != "QI" and code not in ("DEP004",) and not one.group.endswith("_MI")
}  # fmt: skip


def _label(code: str) -> str:
    one = latest()[code]
    return f"{code} {one.description or one.group_name}"


def _register_parts() -> tuple[Part, ...]:
    found = []
    for group, register in REGISTERS.items():
        where = f"group_code = '{group}'"
        found += [
            Part(
                part_id(group, "register"),
                f"{register.name}: patients on the register",
                sum_where("register", where),
                table="prevalence",
            ),
            Part(
                part_id(group, "list"),
                f"{register.name}: patients on the list that it is a share of",
                sum_where("list_size", f"{where} AND register IS NOT NULL"),
                "decimal",
                table="prevalence",
            ),
        ]
    return tuple(found)


_DEPRESSION = "the depression register was defined anew"


def _breaks(group: str) -> tuple[Break, ...]:
    """Years in which a register became a share of other ages, or was defined anew."""
    bases = REGISTERS[group].bases
    found = [
        Break(since, f"a share of patients {LIST_TYPES[now]}, before it {LIST_TYPES[before]}")
        for (_, before), (since, now) in pairwise(bases)
    ]
    if group == "DEP":
        found.append(Break(date(2023, 4, 1), _DEPRESSION))
    return tuple(found)


def _ages(group: str) -> str:
    """The ages of the list, with the years where they changed."""
    (_, first), *later = REGISTERS[group].bases
    words = [LIST_TYPES[first]]
    words += [f"{LIST_TYPES[base]} since {label('financial_year', year)}" for year, base in later]
    return ", ".join(words)


def _prevalence(group: str) -> Measure:
    register = REGISTERS[group]
    why = "Reflects age, case finding and coding as well as how common the condition is."
    if group == "DEP":
        why += " The register was defined anew in 2023/24: do not compare with earlier years."
    return Measure(
        part_id(group, "prevalence"),
        f"{register.name}: prevalence",
        num=part_id(group, "register"),
        den=part_id(group, "list"),
        unit="percent",
        short=register.name,
        what=f"patients on the register as a percentage of registered patients ({_ages(group)}) "
        "of the practices that have one",
        why=why,
        breaks=_breaks(group),
    )


def _indicator(code: str) -> tuple[Measure, ...]:
    num, den, pcas = (part_id(code, suffix) for suffix in ("num", "den", "pcas"))
    label = _label(code)
    return (
        Measure(
            part_id(code, "achievement"), f"{label}: achievement", num=num, den=den,
            unit="percent", polarity="higher_better", short=code,
            what="patients for whom it was achieved as a percentage of eligible patients after "
            "personalised care adjustments",
            why="Achievement as it counts for payment. Patients who were adjusted for are not in "
            "it: see the intervention rate.",
        ),
        Measure(
            part_id(code, "pca_rate"), f"{label}: personalised care adjustments", num=pcas,
            den=f"{den} + {pcas}", unit="percent", short=f"{code} PCA rate",
            what="personalised care adjustments as a percentage of all patients for whom the "
            "indicator is meant",
            why="Patients left out because they declined, were not suited or joined late.",
        ),
        Measure(
            part_id(code, "intervention"), f"{label}: patients receiving the intervention",
            num=num, den=f"{den} + {pcas}", unit="percent", polarity="higher_better",
            short=f"{code} intervention rate",
            what="patients for whom it was achieved as a percentage of all patients for whom the "
            "indicator is meant, adjusted ones included",
            why="What share of all patients with the condition received the care.",
        ),
    )  # fmt: skip


def _points(domain: str) -> str:
    codes = [code for code, one in latest().items() if one.domain == domain]
    listed = ", ".join(f"'{code}'" for code in codes)
    return f"sum(value) FILTER (WHERE measure = 'ACHIEVED_POINTS' AND indicator IN ({listed}))"


def _sum(measure: str) -> str:
    """Over indicators that have patients: those of quality improvement have points only."""
    return f"sum(value) FILTER (WHERE measure = '{measure}')"


DATASET = Dataset(
    id="qof",
    title="Quality and Outcomes Framework",
    publisher="NHS England",
    series="Quality and Outcomes Framework",
    source_url="https://digital.nhs.uk/data-and-information/publications/statistical/"
    "quality-and-outcomes-framework-achievement-prevalence-and-exceptions-data",
    cadence="annual",
    publication_lag="five months after the year ends on 31 March",
    period="financial_year",
    dims=("indicator", "measure"),
    parts=(
        Part("practices", "Practices", "count(DISTINCT practice)", table="prevalence"),
        Part(
            "list_size",
            "Registered patients of all ages",
            f"max(list_size) FILTER (WHERE list_type IN ('TOTAL', '{NOT_STATED}'))",
            "decimal",
            table="prevalence",
        ),
        Part("points", "Points achieved", _sum("ACHIEVED_POINTS"), "decimal"),
        Part(
            "points_available",
            "Points available",
            f"CASE WHEN {_sum('ACHIEVED_POINTS')} IS NOT NULL THEN max(revised_max_points) END",
            "decimal",
        ),
        Part(
            "points_rated",
            "Points achieved by practices whose points available are known",
            "sum(value) FILTER (WHERE measure = 'ACHIEVED_POINTS' "
            "AND revised_max_points IS NOT NULL)",
            "decimal",
        ),
        *(
            Part(f"points_{domain.lower()}", f"{name}: points achieved", _points(domain), "decimal")
            for domain, name in _POINTS_BY_DOMAIN.items()
        ),
        Part("numerators", "All indicators: patients for whom it was achieved", _sum("NUMERATOR")),
        Part("denominators", "All indicators: eligible patients", _sum("DENOMINATOR")),
        Part("pcas", "All indicators: personalised care adjustments", _sum("PCAS")),
        Part("newly_diagnosed", "New diagnoses of depression", _sum("NEWLY_DIAGNOSED")),
        *_register_parts(),
        *family({code: _label(code) for code in latest()}, _FIELDS),
    ),
    measures=(
        Measure(
            "list_size",
            "Registered patients",
            num="list_size",
            rollup="sum",
            stock=True,
            what="patients of all ages on the list that the framework uses",
            why="The list behind prevalence; it is of the end of the year.",
        ),
        Measure(
            "points_share",
            "Points achieved",
            synonyms=("QOF points", "QOF score"),
            num="points_rated",
            den="points_available",
            unit="percent",
            counted=False,
            polarity="higher_better",
            what="points achieved as a percentage of the points available to the practice",
            why="Points turn into income. Most practices achieve nearly all of them, so small "
            "differences look large in comparisons.",
        ),
        Measure(
            "pca_rate",
            "Personalised care adjustments",
            synonyms=("PCA", "exceptions", "exception reporting"),
            num="pcas",
            den="denominators + pcas",
            unit="percent",
            what="personalised care adjustments of all indicators as a percentage of all patients "
            "for whom indicators are meant",
            why="A patient counts once for each indicator.",
        ),
        Measure(
            "new_depression",
            "New diagnoses of depression",
            num="newly_diagnosed",
            rollup="sum",
            what="patients with a new diagnosis of depression in the year",
            why="Published since 2023/24 in place of the register for one indicator: new cases, "
            "not all cases.",
        ),
        *(_prevalence(group) for group in REGISTERS),
        *(measure for code in _FRACTIONS for measure in _indicator(code)),
    ),
    breakdowns=(),
    headline="list_size",
    control="practice_list_size",
    caveats=(
        ("Prevalence is a share of the patients of the ages that the register covers, which "
        "differ: asthma from 6 since 2020/21, diabetes from 17, most others all ages."),
        ("A practice whose register is not published is in neither side of an area's prevalence; "
        "the notes of the year count and name such practices."),
        ("Prevalence reflects age, case finding and coding; it is not the true number of people "
        "with a condition."),
        ("In 2024/25 some indicators were income protected, so achievement may not reflect "
        "activity."),
        "The depression register was redefined in 2023/24: do not compare with earlier years.",
        "An indicator without rows did not apply to the practice; it is missing and not zero.",
        ("PCNs are those of the end of the year as the publication gives them; where it was loaded "
        "without its geography file, those of the list-size map."),
        ("Achievement is not yet checked against a real file, only against the publisher's layout. "
        "A file with other columns is not loaded."),
    ),
    needs=("list-sizes",),
    tool="qof-achievement",
    gap="not_applicable",
    extra=(
        FactTable(
            "prevalence", "Registers and lists", ("group_code", "list_type"), "register"
        ),
    ),
)  # fmt: skip
