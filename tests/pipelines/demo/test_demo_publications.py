from datetime import date
from itertools import pairwise

from data.registry import all_datasets
from pipelines.demo.publications import generate


def test_same_seed_writes_the_same_bytes(tmp_path, spring, write_publications):
    again = write_publications(tmp_path, end=date(2026, 6, 1))
    assert [r.slug for r in again.releases] == [r.slug for r in spring.releases]
    for first, second in zip(spring.releases, again.releases, strict=True):
        for before, after in zip(first.files, second.files, strict=True):
            assert before.read_bytes() == after.read_bytes(), before.name


def test_another_seed_writes_another_england(tmp_path, spring, write_publications):
    other = write_publications(tmp_path, end=date(2026, 6, 1), seed=8)
    stem = "gp-reg-pat-prac-all"
    assert other.rows("list-sizes", "june-2026", stem) != spring.rows(
        "list-sizes", "june-2026", stem
    )


def test_each_dataset_comes_out_in_order(spring):
    """QOF and the survey come out in August and July, after this world ends."""
    later = {"qof", "gp-patient-survey"}
    assert {r.dataset for r in spring.releases} == {one.id for one in all_datasets()} - later
    for dataset in ("list-sizes", "gp-appointments"):
        dates = [release.published for release in spring.of(dataset)]
        assert all(before < after for before, after in pairwise(dates))


def test_progress_runs_from_nothing_to_done(tmp_path):
    told: dict[str, list[float]] = {}
    generate(
        tmp_path,
        practices=40,
        months=3,
        end=date(2026, 6, 1),
        seed=1,
        progress=lambda dataset, done: told.setdefault(dataset, []).append(done),
    )
    assert set(told) == {one.id for one in all_datasets()}
    for shares in told.values():
        assert shares[0] == 0.0
        assert shares[-1] == 1.0
        assert shares == sorted(shares)
