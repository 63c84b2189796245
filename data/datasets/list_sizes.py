"""Patients Registered at a GP Practice: who is on the list, by age and sex."""

from data.formula import sum_where
from data.spec import Breakdown, Dataset, Measure, Part, Rhythm

QUINARY_BANDS = (
    *(f"{age}_{age + 4}" for age in range(0, 95, 5)),
    "95+",
)
SEXES = {"m": "MALE", "f": "FEMALE"}


def band_part(sex: str, band: str) -> str:
    """Id of the cube column of one sex and five-year band: `m_0_4`, `f_95`."""
    return f"{sex}_{band.rstrip('+')}"


def band_label(band: str) -> str:
    """`0_4` as people write it: 0 to 4; `95+` as 95 and over."""
    return "95 and over" if band == "95+" else band.replace("_", " to ")


def _aged(lowest: int, highest: int = 999) -> str:
    """Sum of the band parts of both sexes whose ages lie within the limits."""
    starts = {band: int(band.rstrip("+").split("_")[0]) for band in QUINARY_BANDS}
    return " + ".join(
        band_part(sex, band)
        for sex in SEXES
        for band, start in starts.items()
        if lowest <= start <= highest
    )


def _band_sql(sex: str, band: str) -> str:
    """NULL where the month has no age file; 0 where it has one and the band is absent."""
    patients = sum_where("patients", f"sex = '{SEXES[sex]}' AND age_band = '{band}'")
    return f"CASE WHEN bool_or(sex <> 'ALL') THEN coalesce({patients}, 0) END"


_ALL_AGES = _aged(0)

DATASET = Dataset(
    id="list-sizes",
    title="Registered patients",
    publisher="NHS England",
    series="Patients Registered at a GP Practice",
    source_url="https://digital.nhs.uk/data-and-information/publications/statistical/"
    "patients-registered-at-a-gp-practice",
    cadence="monthly",
    publication_lag="the middle of the month it counts",
    rhythm=Rhythm(days=(8, 20)),
    dims=("sex", "age_band"),
    parts=(
        Part(
            "registered",
            "Registered patients",
            sum_where("patients", "sex = 'ALL' AND age_band = 'ALL'"),
        ),
        Part("practices", "Practices with a list", "count(*) FILTER (WHERE age_band = 'ALL')"),
        *(
            Part(
                band_part(sex, band),
                f"{'Men and boys' if sex == 'm' else 'Women and girls'}, {band_label(band)}",
                _band_sql(sex, band),
            )
            for sex in SEXES
            for band in QUINARY_BANDS
        ),
        Part(
            "aged_13_and_over",
            "Aged 13 and over",
            sum_where("patients", "sex = 'ALL' AND age_band = 'aged_13_and_over'"),
        ),
        Part(
            "under_18",
            "Registered patients under 18",
            sum_where("patients", "sex = 'ALL' AND age_band = 'under_18'"),
        ),
        Part(
            "single_age_total",
            "Registered patients counted by single year of age",
            sum_where("patients", "sex = 'ALL' AND age_band = 'single_age_total'"),
        ),
    ),
    measures=(
        Measure(
            "registered_patients",
            "Registered patients",
            synonyms=("list size", "headcount", "patients on the list"),
            num="registered",
            rollup="sum",
            stock=True,
            what="people on the list on the first day of the month",
            why="The headcount of people on the list. It is not the weighted (Carr-Hill) list used "
            "for payment, nor the adjusted population used for network funding.",
        ),
        Measure(
            "aged_65_and_over",
            "Aged 65 and over",
            synonyms=("older people", "elderly", "over 65"),
            num=_aged(65),
            den=_ALL_AGES,
            unit="percent",
            what="registered patients aged 65 and over as a percentage of all registered patients",
            why="Older people use more appointments, medicines and home visits on average.",
        ),
        Measure(
            "aged_75_and_over",
            "Aged 75 and over",
            synonyms=("older people", "elderly", "over 75"),
            num=_aged(75),
            den=_ALL_AGES,
            unit="percent",
            what="registered patients aged 75 and over as a percentage of all registered patients",
            why="People of 75 and over have a named GP and more long-term conditions on average.",
        ),
        Measure(
            "aged_85_and_over",
            "Aged 85 and over",
            synonyms=("older people", "elderly", "over 85"),
            num=_aged(85),
            den=_ALL_AGES,
            unit="percent",
            what="registered patients aged 85 and over as a percentage of all registered patients",
            why="The group in which frailty, home visits and care home residence are most common.",
        ),
        Measure(
            "under_18",
            "Aged under 18",
            synonyms=("children", "young people"),
            num="under_18",
            den="single_age_total",
            unit="percent",
            what="registered patients under 18 as a percentage of all registered patients",
            why="Needs the single-year age files. For a practice it is missing in months for which "
            "the practice files by single year of age are not loaded.",
        ),
        Measure(
            "dependency_ratio",
            "Dependency ratio",
            synonyms=("age structure",),
            num=f"{_aged(0, 10)} + {_aged(65)}",
            den=_aged(15, 60),
            unit="per_100",
            what="patients aged 0 to 14 or 65 and over for every 100 aged 15 to 64",
            why="How many children and older people there are for each 100 people of working age.",
        ),
        Measure(
            "old_age_ratio",
            "Old-age ratio",
            synonyms=("age structure",),
            num=_aged(65),
            den=_aged(15, 60),
            unit="per_100",
            what="patients aged 65 and over for every 100 aged 15 to 64",
            why="The older part of the dependency ratio.",
        ),
        Measure(
            "mean_list",
            "Average list per practice",
            synonyms=("average list size",),
            num="registered",
            den="practices",
            unit="mean",
            stock=True,
            what="registered patients divided by the number of practices with a list",
            why="For a practice this is its own list; above practice level it shows how large "
            "practices are.",
        ),
    ),
    breakdowns=(
        Breakdown(
            "age_male",
            "Men and boys by age",
            tuple(band_part("m", band) for band in QUINARY_BANDS),
            ordered=True,
        ),
        Breakdown(
            "age_female",
            "Women and girls by age",
            tuple(band_part("f", band) for band in QUINARY_BANDS),
            ordered=True,
        ),
    ),
    headline="registered_patients",
    control="registered_patients",
    caveats=(
        "A headcount on the first day of the month. It is not the weighted list used for payment.",
        (
            "Mergers, closures and corrections of the practice mapping cause jumps that are not "
            "growth or loss."
        ),
        "Lists run above the resident population, because people who move or die are removed late.",
        "Sex is as recorded in the registration system, which publishes male and female only.",
    ),
    tool="list-size",
)
