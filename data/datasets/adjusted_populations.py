"""Adjusted populations of practices: the base of several payments to primary care networks."""

from data.spec import Dataset, Measure, Part

DATASET = Dataset(
    id="adjusted-populations",
    title="Adjusted populations",
    publisher="NHS England",
    series="PCN Adjusted Populations",
    source_url="https://www.england.nhs.uk/gp/investment/gp-contract/",
    cadence="annual",
    publication_lag="about the start of the financial year for which they pay; sometimes reissued",
    dims=(),
    parts=(
        Part("adjusted", "Adjusted population", "sum(adjusted)", kind="decimal"),
        Part("registered", "Registered patients on 1 January", "sum(registered)"),
    ),
    measures=(
        Measure(
            "adjusted_population",
            "Adjusted population",
            synonyms=("weighted list", "Carr-Hill"),
            num="adjusted",
            rollup="sum",
            stock=True,
            what="adjusted population on 1 January before the financial year",
            why="A third number beside registered and weighted patients. PCN payments for core "
            "funding and enhanced access, and the cap of the GP reimbursement scheme, are paid "
            "on it.",
        ),
        Measure(
            "registered_in_january",
            "Registered patients on 1 January",
            num="registered",
            rollup="sum",
            stock=True,
            what="registered patients on 1 January before the financial year",
            why="The list from which the adjusted population was worked out.",
        ),
        Measure(
            "adjusted_ratio",
            "Adjusted population for 100 registered",
            num="adjusted",
            den="registered",
            unit="per_100",
            what="adjusted population for every 100 registered patients",
            why="Above 100 the adjustment expects more need than of an average list. For England "
            "it is 100.",
        ),
    ),
    breakdowns=(),
    headline="adjusted_population",
    control="adjusted_population",
    caveats=(
        "Adjusted, weighted and registered populations are three different numbers.",
        (
            "Counted on 1 January before the year for which they pay. NHS England may reissue "
            "them in the year; the latest issue loaded is shown."
        ),
        (
            "Checked against a copy of the first issue for 2025/26, not yet against the "
            "publisher's own workbook. A file with other columns is not loaded."
        ),
        "A PCN's adjusted population is the sum of its practices.",
    ),
    needs=("list-sizes",),
    period="financial_year",
)
