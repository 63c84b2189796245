"""What was undone: rollbacks and withdrawals, and which versions they took off the site.

    <root>/undone/<dataset>/<moment>-<kind>.json

A note is written before the pointer to the live version is replaced, and holds all that is to be
done, so that a process that ends in between is followed by the next one (`finish`). A version that
was undone stays on the disk: it is served and compared with no more, and can be returned to.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from data.versions.landed import Identity, Withdrawn, files_of, mark_withdrawn, take_back, withdrawn
from data.versions.manifest import Manifest, PeriodRecord, plain
from data.versions.store import Store, write_atomically

Kind = Literal["rollback", "withdrawal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """One rollback or withdrawal. `after` is None while a withdrawal's new version is built."""

    kind: Kind
    at: datetime
    before: str | None  # the version live until then
    after: str | None
    why: str
    words: str  # what was done and why, in a sentence for readers
    by: str
    files: tuple[Identity, ...] = ()  # withdrawn by it
    back: tuple[Identity, ...] = ()  # used again by it
    undone: tuple[str, ...] = ()  # every version that is not served or compared with from then on

    @property
    def name(self) -> str:
        """Sorts among the names of versions by time."""
        return f"{self.at:%Y%m%dT%H%M%S%f}Z-{self.kind}"

    @property
    def swaps(self) -> bool:
        """Whether it makes an earlier version live, rather than leading to a new one."""
        return self.after is not None and self.after != self.before


def write(store: Store, dataset_id: str, undo: Undo) -> None:
    text = json.dumps(plain(undo), indent=1)
    write_atomically(store.undo_folder(dataset_id) / f"{undo.name}.json", text)


def forget(store: Store, dataset_id: str, undo: Undo) -> None:
    """Remove the note of something that could not be done."""
    (store.undo_folder(dataset_id) / f"{undo.name}.json").unlink(missing_ok=True)


def history(store: Store, dataset_id: str) -> tuple[Undo, ...]:
    """Oldest first; a note that cannot be read is left out."""
    notes = sorted(store.undo_folder(dataset_id).glob("[!.]*.json"))
    return tuple(undo for note in notes if (undo := _read(note)) is not None)


def _read(note: Path) -> Undo | None:
    try:
        raw = json.loads(note.read_text(encoding="utf-8"))
        return Undo(
            **raw
            | {
                "at": datetime.fromisoformat(raw["at"]),
                "undone": tuple(raw["undone"]),
                "files": tuple((sha256, name) for sha256, name in raw["files"]),
                "back": tuple((sha256, name) for sha256, name in raw["back"]),
            }
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def reason(store: Store, dataset_id: str, version: str) -> Undo | None:
    """What took a version off the site; None where it is not undone now."""
    taken: Undo | None = None
    for undo in history(store, dataset_id):
        if version not in undo.undone:
            taken = None
        elif taken is None:
            taken = undo
    return taken


def _moments(store: Store, dataset_id: str) -> Iterator[tuple[str | None, str, Undo | None]]:
    """(version live before, version live after, the undoing) each time that the live one changed.

    Told from the names of the versions that are kept and from the notes.
    """
    swaps = {undo.name: undo for undo in history(store, dataset_id) if undo.swaps}
    live: str | None = None
    for name in sorted((*store.versions(dataset_id), *swaps)):
        undo = swaps.get(name)
        after = undo.after if undo is not None and undo.after is not None else name
        yield live, after, undo
        live = after


def parents(store: Store, dataset_id: str) -> dict[str, str | None]:
    """The version that each kept one replaced when it was published.

    Where that one is no longer kept, the newest kept one before it.
    """
    versions = store.versions(dataset_id)

    def nearest(version: str | None) -> str | None:
        if version is None or version in versions:
            return version
        return next((older for older in versions if older < version), None)

    moments = _moments(store, dataset_id)
    return {after: nearest(before) for before, after, undo in moments if undo is None}


def replaced_at(store: Store, dataset_id: str) -> dict[str, datetime]:
    """When each kept version was last replaced by another one."""
    moments: dict[str, datetime] = {}
    for before, after, undo in _moments(store, dataset_id):
        if before is None:
            continue
        follower = store.manifest(dataset_id, after) if undo is None else None
        if undo is not None:
            moments[before] = undo.at
        elif follower is not None:
            moments[before] = follower.made_at
    return moments


def outside_line_of(store: Store, dataset_id: str, version: str) -> tuple[str, ...]:
    """The kept versions that neither are the version nor came before it on the way to it."""
    line, earlier = {version}, parents(store, dataset_id)
    step = earlier.get(version)
    while step is not None and step not in line:
        line.add(step)
        step = earlier.get(step)
    return tuple(name for name in sorted(store.versions(dataset_id)) if name not in line)


def rollback(store: Store, dataset_id: str, target: Manifest, *, why: str, by: str) -> Undo:
    """Make an earlier version live. The caller holds the dataset's lock.

    Files that only versions undone by it were made from are withdrawn, so that no refresh builds
    them again; files that the version itself was made from are used again.
    """
    gone = outside_line_of(store, dataset_id, target.version)
    before = store.current_version(dataset_id)
    own = files_of(target)
    files = {
        version: files_of(manifest)
        for version in store.versions(dataset_id)
        if (manifest := store.manifest(dataset_id, version)) is not None
    }
    others = {file for version in gone for file in files.get(version, ())}
    marked = {mark.identity for mark in withdrawn(store.landing, dataset_id)} - own
    bad = {version for version, names in files.items() if names & marked}
    made = target.made_at
    undo = Undo(
        kind="rollback",
        at=datetime.now(UTC),
        before=before,
        after=target.version,
        why=why,
        words=f"Goes back to the version of {made.day} {made:%B %Y, %H:%M}: {ended(why)}",
        by=by,
        files=tuple(sorted(others - own)),
        back=tuple(sorted(own)),
        undone=tuple(sorted({*gone, *bad})),
    )
    write(store, dataset_id, undo)
    apply(store, dataset_id, undo)
    return undo


def apply(store: Store, dataset_id: str, undo: Undo) -> None:
    """Do what a note says. Doing it twice changes nothing."""
    mark_withdrawn(
        store.landing,
        dataset_id,
        [Withdrawn(name, sha256, undo.why, undo.at, undo.before) for sha256, name in undo.files],
    )
    take_back(store.landing, dataset_id, undo.back)
    if undo.after is not None and undo.after in store.versions(dataset_id):
        store.point(dataset_id, undo.after)


def finish(store: Store, dataset_id: str) -> None:
    """Complete a rollback whose process ended before its end. The caller holds the lock."""
    last = next(reversed(history(store, dataset_id)), None)
    if last is not None and last.swaps and store.current_version(dataset_id) in last.undone:
        apply(store, dataset_id, last)


def held_back(store: Store, dataset_id: str, keys: Mapping[date, str]) -> str | None:
    """Why these periods are not published: a rollback took exactly them off the site.

    Where files tell the versions apart those are withdrawn and this never comes up.
    """
    last = next(reversed(history(store, dataset_id)), None)
    if last is None or last.kind != "rollback" or last.files:
        return None
    for version in last.undone:
        manifest = store.manifest(dataset_id, version)
        if manifest and {month: r.key for month, r in manifest.periods.items()} == keys:
            return (
                "Nothing new since the live version: the files give what was rolled back on "
                f"{last.at.day} {last.at:%B %Y} ({last.why}). To publish it after all: "
                f"flask data rollback {dataset_id} {last.before} --why …"
            )
    return None


Earlier = Mapping[date, tuple[Path, PeriodRecord]]  # the version's folder, and what it holds


def earlier(
    store: Store, before: Manifest, marks: Sequence[Withdrawn], built: Collection[date]
) -> tuple[Earlier, Manifest]:
    """Periods that only a withdrawn file gave, as they were in the newest version before it.

    With it comes what is kept of the live version, and the releases of those periods.
    """
    kept = without(before, marks)
    releases = {release.slug: release for release in kept.releases}
    gone: dict[date, tuple[Path, PeriodRecord]] = {}
    for version in store.versions(before.dataset):
        older = store.manifest(before.dataset, version)
        if older is None or version >= before.version or older.layout != before.layout:
            continue
        sound = without(older, marks)
        for period in before.periods.keys() & sound.periods.keys() - gone.keys() - set(built):
            gone[period] = (store.version_folder(before.dataset, version), sound.periods[period])
            releases.setdefault(sound.periods[period].release, sound.release_of(period))
    return gone, replace(kept, releases=tuple(releases.values()))


def without(manifest: Manifest, marks: Iterable[Withdrawn]) -> Manifest:
    """A manifest as if it had neither the withdrawn files nor the periods made of them."""
    gone = {mark.identity for mark in marks} & files_of(manifest)
    if not gone:
        return manifest
    names = {name for _, name in gone}
    return replace(
        manifest,
        releases=tuple(
            replace(
                release,
                files=tuple(f for f in release.files if (f.sha256, f.name) not in gone),
            )
            for release in manifest.releases
        ),
        periods={
            period: record
            for period, record in manifest.periods.items()
            if not any(
                source.partition(": ")[0] in names
                for sources in record.sources.values()
                for source in sources
            )
        },
    )


def ended(sentence: str) -> str:
    """A reason as typed, with a full stop."""
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
