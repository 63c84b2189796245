"""Ratings of GP locations by the Care Quality Commission, a snapshot each month.

The publisher registers and rates locations. They are neither practices nor sites: a practice may
have several, some are of no practice with a list. `fact` holds one row for each GP location, under
the practice to which it belongs, or under `~` and its own id where no practice is found; its column
`matched` says how it was found. Ratings are categories, so there is no score and no average: parts
count practices in each category, one location speaking for each practice (`speaks`), and areas are
shares of rated practices. The table `ratings` keeps every category that is published: by location,
population group and domain, with the day of the report and the framework of that day.
"""

from data.datasets.vocabulary.cqc import OVERALL, QUESTIONS, RATINGS
from data.spec import Breakdown, Dataset, FactTable, Measure, Part, Rhythm

OLD_AFTER_YEARS = 5
_NONE = "none"


def part_id(question: str, rating: str) -> str:
    """Practices with a rating for a key question, or `overall`: `safe_good`, `overall_none`."""
    return f"{question}_{rating}"


def _rated(question: str) -> str:
    return " + ".join(part_id(question, rating) for rating in RATINGS)


def _parts(question: str, label: str) -> tuple[Part, ...]:
    """Missing where no rating of the key question was published at all."""
    known = ", ".join(f"'{name}'" for name in RATINGS.values())
    counted = {rating: f"= '{name}'" for rating, name in RATINGS.items()}
    counted[_NONE] = f"NOT IN ({known})"
    names = RATINGS | {_NONE: "no rating"}
    return tuple(
        Part(
            part_id(question, rating),
            f"{label}: practices with {names[rating][0].lower()}{names[rating][1:]}",
            f"CASE WHEN count({question}) > 0 "
            f"THEN count(*) FILTER (WHERE speaks AND {question} {where}) END",
        )
        for rating, where in counted.items()
    )


def _good(question: str, label: str) -> Measure:
    good = " + ".join(part_id(question, rating) for rating in ("outstanding", "good"))
    asked = "overall" if question == OVERALL else f"for the key question {label}"
    return Measure(
        f"{question}_good",
        f"{label}: good or outstanding",
        synonyms=("CQC rating", "inspection rating"),
        num=good,
        den=_rated(question),
        unit="percent",
        polarity="higher_better",
        what=f"practices rated good or outstanding {asked} as a percentage of rated practices",
        why="Practices without a rating are in neither number. Most practices are good, so a few "
        "move the share of a small area a long way.",
    )


DATASET = Dataset(
    id="cqc",
    title="CQC ratings",
    publisher="Care Quality Commission",
    series="Care directory, locations and latest ratings",
    source_url="https://www.cqc.org.uk/about-us/transparency/using-cqc-data",
    cadence="monthly",
    publication_lag="locations and ratings about the first of the month, the directory weekly",
    dims=("location", "matched"),
    parts=(
        Part("locations", "GP locations", "count(*)"),
        Part(
            "unmatched", "GP locations not matched to a practice", "count(*) FILTER (matched = '')"
        ),
        Part("practices", "Practices with a location", "count(*) FILTER (speaks)"),
        *(part for question, label in QUESTIONS.items() for part in _parts(question, label)),
        Part(
            "dated_reports",
            "Rated practices with the day of their report",
            "count(*) FILTER (speaks AND is_rated AND report_date IS NOT NULL)",
        ),
        Part(
            "old_reports",
            f"Rated practices whose report is older than {OLD_AFTER_YEARS} years",
            "count(*) FILTER (speaks AND is_rated AND "
            f"report_date < month - INTERVAL {OLD_AFTER_YEARS} YEAR)",
        ),
    ),
    measures=(
        Measure(
            "locations",
            "GP locations",
            num="locations",
            rollup="sum",
            stock=True,
            what="locations registered with the Care Quality Commission as GP practices",
            why="Branch sites may be locations of their own. Areas count the locations of their "
            "practices. England also counts locations that we could not match to a practice.",
        ),
        *(_good(question, label) for question, label in QUESTIONS.items()),
        Measure(
            "rated",
            "Practices with a rating",
            num=_rated(OVERALL),
            den="practices",
            unit="percent",
            what="practices with an overall rating as a percentage of practices with a location",
            why="A newly registered location has no rating until it is assessed, also where an "
            "earlier provider at the same place had one.",
        ),
        Measure(
            "old_reports",
            f"Reports older than {OLD_AFTER_YEARS} years",
            num="old_reports",
            den="dated_reports",
            unit="percent",
            what="practices whose rating is from a report more than "
            f"{OLD_AFTER_YEARS} years before the month, as a percentage of rated practices with "
            "the day of their report",
            why="A rating stays until the next one. An old one says what was found then.",
        ),
    ),
    breakdowns=tuple(
        Breakdown(
            f"{question}_rating",
            f"Practices by rating: {label}",
            tuple(part_id(question, rating) for rating in (*RATINGS, _NONE)),
            ordered=True,
            unknown=(part_id(question, _NONE),),
        )
        for question, label in QUESTIONS.items()
    ),
    headline="locations",
    control="gp_locations",
    caveats=(
        (
            "The publisher rates locations, not practices. A location belongs to the practice "
            "whose code it carries, else to the one with the same name and postcode; the others "
            "are kept without a practice and count in England only."
        ),
        (
            "Where a practice has several locations, one with its own code and the latest report "
            "speaks for it. Ratings of branch sites are not counted as those of the practice."
        ),
        (
            "A rating is of the day of its report, which may be years ago. A location without a "
            "rating is not rated; that is no judgement."
        ),
        (
            "The publisher does not say under which framework a rating was given. The version "
            "shown is the one that was being brought in or in use on the day of the report."
        ),
        (
            "GP locations are those that the publisher inspects as GP practices (their primary "
            "inspection category)."
        ),
        (
            "Ratings may come from an export of the publisher's API that an administrator loaded, "
            "instead of the monthly file."
        ),
        "Names of registered managers and nominated individuals are not kept.",
    ),
    needs=("list-sizes",),
    tool="cqc-search",
    extra=(
        FactTable(
            "ratings",
            "Ratings",
            (
                "location",
                "population_group",
                "domain",
                "rating",
                "report_date",
                "report_type",
                "framework",
            ),
            "ratings",
        ),
    ),
    rhythm=Rhythm(days=(1, 10)),
)
