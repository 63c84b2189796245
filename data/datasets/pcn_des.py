"""Network Contract DES (MI): indicators by practice, and the yearly result of the IIF."""

from data.datasets.vocabulary import pcn_des
from data.datasets.vocabulary.pcn_des import DENOMINATOR, MI_COUNT, NUMERATOR, PCA, Published
from data.families import Field, family, part_id
from data.spec import Dataset, Measure, Part, Rhythm

# Publications that rows come from.
MONTHLY, IIF = "monthly", "iif"

# Of the annual IIF file: indicator, words of its MEASURE, and our part. Practices add up; PCNs'
# figures are standardised or rounded by the publisher and stand as they are.
IIF_PRACTICES = {
    ("NCD026", "ACC-08 Numerator"): "iif_acc08_num",
    ("NCD026", "ACC-08 Denominator"): "iif_acc08_den",
    ("NCDMI198", "EHCH-04 Numerator"): "iif_ehch04_num",
}
IIF_PCNS = {
    ("NCDMI210", "ACC-10 standardised numerator"): "iif_acc10_num",
    ("NCDMI210", "ACC-10 denominator"): "iif_acc10_den",
    ("NCDMI210", "ACC-10 baseline numerator"): "iif_acc10_base_num",
    ("NCDMI210", "ACC-10 baseline denominator"): "iif_acc10_base_den",
    ("NCDMI191", "ACC-10b non-standardised numerator"): "iif_acc10b_num",
    ("NCDMI191", "ACC-10b baseline non-standardised numerator"): "iif_acc10b_base_num",
}
_MEANS = ("EHCH04",)  # contacts for each resident
NOT_SHARES = (*_MEANS, "EHCH01")  # numerators are no part of their denominators (care home beds)
_CUMULATIVE = "It is counted from 1 April: take the latest month and never add months up."


def _label(code: str) -> str:
    said = pcn_des.indicators()[code][0].description.rstrip(".")
    return f"{code} {said}" if said else code


def _rules(code: str) -> tuple[Published, ...]:
    return tuple(one for one in pcn_des.indicators()[code] if one.measure_type == PCA)


def _parts(code: str) -> tuple[Part, ...]:
    """Every number of an indicator; its fraction is of practices where both halves are known."""
    label = {code: code}
    rules = tuple(
        Field(f"pca_{one.field.lower()}", one.field, f"personalised care adjustments {one.field}")
        for one in _rules(code)
    )
    if code not in pcn_des.fractions():
        return family(label, (Field("count", MI_COUNT, "count"), *rules), field="field")
    return (
        *family(label, (Field("num", NUMERATOR, "numerator"),
                        Field("den", DENOMINATOR, "denominator"), *rules), field="field"),
        *family(label, (Field("known_num", NUMERATOR, "numerator where both are known"),
                        Field("known_den", DENOMINATOR, "denominator where both are known")),
                field="field", value="paired"),
        *family(label, (Field("suppressed", DENOMINATOR, "practices suppressed"),),
                field="field", value="hidden"),
        *family(label, (Field("reported", DENOMINATOR, "practices with a row"),),
                field="field", value="reported"),
    )  # fmt: skip


def _iif_part(key: tuple[str, str], part: str, *, of_pcns: bool) -> Part:
    indicator, measure = key
    return Part(
        part,
        f"IIF, year to 31 March: {measure}",
        f"sum(value) FILTER (WHERE indicator = '{indicator}' AND field = '{measure}')",
        spread="published" if of_pcns else "sum",
    )


def _measures(code: str) -> tuple[Measure, ...]:
    rules = tuple(
        Measure(
            part_id(code, f"pca_{one.field}"), f"{code} {one.field}: {one.measure_description}",
            num=part_id(code, f"pca_{one.field}"), rollup="sum", short=f"{code} {one.field}",
            what=f"personalised care adjustments under the rule {one.field}",
            why="Patients left out of the denominator for this reason. Small counts are suppressed "
            "and missing, so areas are at least this large.",
        )
        for one in _rules(code)
    )  # fmt: skip
    if code not in pcn_des.fractions():
        return (
            Measure(
                part_id(code, "count"), _label(code), num=part_id(code, "count"), rollup="sum",
                short=code, what="the count that is published of the indicator",
                why="A count without a denominator: it says nothing about achievement.",
            ),
            *rules,
        )  # fmt: skip
    share = code not in NOT_SHARES
    return (
        Measure(
            part_id(code, "achievement"), f"{_label(code)}: achievement",
            num=part_id(code, "known_num"), den=part_id(code, "known_den"),
            unit="mean" if code in _MEANS else "percent", counted=share, short=code,
            polarity="higher_better" if share else "neutral",
            what="numerators over denominators of practices for which both are known",
            why=f"{_CUMULATIVE} Practices with a suppressed half are in neither.",
        ),
        Measure(
            part_id(code, "numerator"), f"{code}: numerator", num=part_id(code, "num"),
            rollup="sum", what="numerators as published, added up over practices",
            why=f"How many have been reached so far. {_CUMULATIVE}",
        ),
        Measure(
            part_id(code, "denominator"), f"{code}: denominator", num=part_id(code, "den"),
            rollup="sum", what="denominators as published, added up over practices",
            why="For whom the indicator is meant. Suppressed denominators are missing, so areas "
            "are at least this large.",
        ),
        Measure(
            part_id(code, "suppressed_share"), f"{code}: practices suppressed",
            num=part_id(code, "suppressed"), den=part_id(code, "reported"), unit="percent",
            what="practices whose numerator or denominator is suppressed as a percentage of those "
            "with a row",
            why="How much of the area the achievement leaves out.",
        ),
        *rules,
    )  # fmt: skip


_IIF_WHY = "A result of the Investment and Impact Fund for the year that ended on 31 March."

DATASET = Dataset(
    id="pcn-des",
    title="Network Contract DES",
    publisher="NHS England",
    series="Network Contract DES (MI)",
    source_url="https://digital.nhs.uk/data-and-information/publications/statistical/"
    "mi-network-contract-des",
    cadence="monthly",
    publication_lag="about seven weeks after the month, around the 20th; the IIF once a year",
    dims=("publication", "service", "ruleset", "indicator", "measure"),
    parts=(
        Part("practices", "Practices with a row", "count(DISTINCT practice)"),
        *(part for code in pcn_des.indicators() for part in _parts(code)),
        *(_iif_part(key, part, of_pcns=False) for key, part in IIF_PRACTICES.items()),
        *(_iif_part(key, part, of_pcns=True) for key, part in IIF_PCNS.items()),
    ),
    measures=(
        Measure(
            "practices",
            "Practices in the publication",
            num="practices",
            rollup="sum",
            stock=True,
            short="Practices",
            what="practices with at least one row in the month",
            why="Shows how complete the month is.",
        ),
        *(measure for code in pcn_des.indicators() for measure in _measures(code)),
        Measure(
            "iif_acc08",
            "IIF ACC-08: appointments within two weeks of booking",
            num="iif_acc08_num",
            den="iif_acc08_den",
            unit="percent",
            polarity="higher_better",
            short="IIF ACC-08",
            what="ACC-08 numerators over ACC-08 denominators",
            why=f"{_IIF_WHY} Published by practice.",
        ),
        Measure(
            "iif_ehch04_contacts",
            "IIF EHCH-04: patient contacts as part of the weekly care home round",
            num="iif_ehch04_num",
            rollup="sum",
            short="IIF EHCH-04",
            what="EHCH-04 numerators added up over practices",
            why=f"{_IIF_WHY} Its denominator is not in the file.",
        ),
        Measure(
            "iif_acc10",
            "IIF ACC-10: standardised numerator per 1,000 of the denominator",
            num="iif_acc10_num",
            den="iif_acc10_den",
            unit="per_1000",
            rollup="published_only",
            counted=False,
            short="IIF ACC-10",
            what="ACC-10 standardised numerator over ACC-10 denominator, for each PCN",
            why=f"{_IIF_WHY} Standardised by the publisher and given by PCN only, so areas above "
            "PCNs have no figure.",
        ),
        Measure(
            "iif_acc10_baseline",
            "IIF ACC-10: baseline numerator per 1,000 of the baseline denominator",
            num="iif_acc10_base_num",
            den="iif_acc10_base_den",
            unit="per_1000",
            rollup="published_only",
            counted=False,
            short="IIF ACC-10 baseline",
            what="ACC-10 baseline numerator over ACC-10 baseline denominator, for each PCN",
            why=f"{_IIF_WHY} What ACC-10 is compared with, by PCN only.",
        ),
        Measure(
            "iif_acc10b",
            "IIF ACC-10b: non-standardised numerator",
            num="iif_acc10b_num",
            rollup="published_only",
            short="IIF ACC-10b",
            what="ACC-10b non-standardised numerator of each PCN",
            why=f"{_IIF_WHY} Rounded by the publisher and given by PCN only.",
        ),
        Measure(
            "iif_acc10b_baseline",
            "IIF ACC-10b: baseline non-standardised numerator",
            num="iif_acc10b_base_num",
            rollup="published_only",
            short="IIF ACC-10b baseline",
            what="ACC-10b baseline non-standardised numerator of each PCN",
            why=f"{_IIF_WHY} What ACC-10b is compared with, by PCN only.",
        ),
    ),
    breakdowns=(),
    headline="practices",
    control="practices_reporting",
    caveats=(
        ("Values are cumulative from 1 April for most indicators and start again each year: take "
        "the latest month and never add months up."),
        ("`*` in the files is a suppressed number. It is missing here and never 0; areas add up "
        "what is known, and the share of practices suppressed is beside it."),
        ("Achievement of an area is of the practices for which numerator and denominator are both "
        "known; its numerator and denominator as published are shown too."),
        ("Definitions and codes change with every scheme year: do not join years to one trend. "
        "Indicators of years before 2024/25 (NCD…) are given as rows, without measures of their "
        "own."),
        "Known bad months are named in the notes; their figures are shown as published.",
        ("The files name no areas since 2025: practices are placed by the list-size map of the "
        "month."),
        ("Not yet checked against a real monthly file, only against the publisher's description. A "
        "file with other columns is not loaded."),
        "Thresholds are not in the data.",
    ),
    needs=("list-sizes",),
    tool="pcn-des",
    suppression="a small number, not published",
    rhythm=Rhythm(days=(15, 28)),
)  # fmt: skip
