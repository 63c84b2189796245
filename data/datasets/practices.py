"""Organisation Data Service: practices, PCNs, sub-ICB locations and where they belong."""

from data.spec import Dataset, FactTable, Measure, Part

DATASET = Dataset(
    id="practices",
    title="Organisations",
    publisher="NHS England, Organisation Data Service",
    series="GP and GP practice related data",
    source_url="https://digital.nhs.uk/services/organisation-data-service/"
    "data-search-and-export/csv-downloads/gp-and-gp-practice-related-data",
    cadence="weekly",
    publication_lag="updated weekly",
    dims=(),
    parts=(Part("practices", "Active GP practices", "count(*) FILTER (WHERE status = 'active')"),),
    measures=(
        Measure(
            "practices",
            "Active GP practices",
            synonyms=("surgeries", "number of practices"),
            num="practices",
            rollup="sum",
            stock=True,
            what="GP practices in England that are open on the day of the file",
            why="Prescribing cost centres with the GP practice role whose status is active.",
        ),
    ),
    breakdowns=(),
    headline="practices",
    control="practices",
    caveats=(
        (
            "Membership of a PCN, sub-ICB location, ICB and region is dated: a month uses the "
            "membership of that month."
        ),
        "ICB codes changed on 1 April 2026. Old and new codes both find the organisation.",
        (
            "The region and ICB in the current file follow the postcode of the practice; in files "
            "up to 2025 they follow its commissioner."
        ),
        (
            "Memberships with their dates are those of the newest files held of each kind, which "
            "may be older than the register; where they differ, the register is followed."
        ),
    ),
    extra=(
        FactTable(
            "memberships",
            "Memberships of PCNs and commissioners with their dates, ended ones too",
            dims=("kind", "parent", "joined", "ended"),
            value="memberships",
        ),
    ),
)
