"""What the pages of published versions and files look like, and the table of jobs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from auth.accounts import administration
from auth.forms import Form
from auth.models import ImportJob
from auth.views import fields
from auth.views.admin_pages import area
from auth.views.dates import moment
from auth.views.fields import Kind, at
from components.markup import Child, Children, Node, html
from data.spec import Dataset
from data.versions.manifest import Manifest

ADDRESS = "/accounts/admin/data/"
MARKS: dict[str, fields.Mark] = {"done": "ok", "failed": "bad", "running": "br"}


@dataclass(frozen=True, slots=True)
class Version:
    """A row of the table of versions."""

    name: str
    made_at: datetime | None
    periods: str
    live: bool
    note: str  # why it was made, or what took it off the site


@dataclass(frozen=True, slots=True)
class File:
    """A row of the table of files. `why` is set where it is withdrawn."""

    name: str
    sha256: str
    landed_at: datetime
    bytes: int
    live: bool
    why: str


@dataclass(frozen=True, slots=True)
class Odd:
    """A row of the table of figures that somebody should look at, in words."""

    period: str
    practice: str
    part: str
    value: str
    beside: str


def datasets(rows: Iterable[tuple[Dataset, Manifest | None, int]], *, done: str) -> str:
    heads = ("Dataset", "Live version made", "Versions kept")
    return area(
        "Published data",
        html.P(
            "What is shown of each dataset. An earlier version can be made live again, and a file "
            "that was loaded can be withdrawn."
        ),
        fields.table(
            "Datasets",
            heads,
            [
                (
                    html.A(one.title, href=at(f"{ADDRESS}{one.id}/")),
                    moment(manifest.made_at) if manifest else "Nothing published",
                    str(count),
                )
                for one, manifest, count in rows
            ],
        ),
        done=done,
    )


def versions(
    declared: Dataset,
    made: Sequence[Version],
    files: Sequence[File],
    odd: Sequence[Odd],
    *,
    done: str,
) -> str:
    """What is published of a dataset, and what can be taken back."""
    here = at(f"{ADDRESS}{declared.id}/")
    every = html.A("All datasets", href=at(ADDRESS))
    changes = html.A("Changes", href=at(f"/changes/#{declared.id}"))
    again, progress = html.A("Look again", href=here), html.A("Progress", href=at("/status/"))
    ours = [job for job in administration.import_jobs() if job.dataset == declared.id]
    return area(
        f"Published data: {declared.title}",
        html.P([every, " · ", changes]),
        _section(
            "versions",
            "Versions",
            ("Version", "Made", "Periods", "Note", ""),
            [_version(one, here) for one in made],
            nothing="Nothing is published.",
            remark="Newest first",
        ),
        _section(
            "files",
            "Files",
            ("File", "Loaded", "Bytes", "State", ""),
            [_file(one, here) for one in files],
            nothing="None are loaded.",
            remark="As they were loaded, newest first",
        ),
        _odd(odd) if odd else None,
        jobs(ours, remark=[again, " · ", progress]),
        done=done,
    )


def _section(
    slug: str,
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Children]],
    *,
    nothing: str,
    remark: Children = None,
    caption: str = "",
) -> Node:
    body = fields.table(caption or title, heads, rows) if rows else html.P(nothing)
    return fields.section(slug, title, body, remark=remark)


def _version(version: Version, here: str) -> Sequence[Children]:
    back = _way("Go back", f"{here}rollback/?version={version.name}", f"to {version.name}")
    return (
        html.Code(version.name),
        moment(version.made_at) if version.made_at else "–",
        version.periods,
        version.note or "–",
        fields.tag("Live", "ok") if version.live else back,
    )


def _way(label: str, href: str, about: str, kind: Kind = "outline-danger") -> Node:
    return fields.way([label, html.Span(f" {about}", className="vh")], href, kind)


def _file(file: File, here: str) -> Sequence[Children]:
    if file.why:
        state: list[Child] = [fields.tag("Withdrawn", "bad"), f" {file.why}"]
        href = f"{here}restore/?file={file.sha256}"
        action = _way("Use again", href, file.name, "outline-secondary")
    else:
        live = fields.tag("In the live version", "ok")
        state = [live if file.live else fields.tag("Not used now")]
        action = _way("Withdraw", f"{here}withdraw/?file={file.sha256}", file.name)
    return (
        [f"{file.name} ", html.Code(file.sha256[:12])],
        moment(file.landed_at),
        f"{file.bytes:,}",
        state,
        action,
    )


def _odd(rows: Sequence[Odd]) -> Node:
    return _section(
        "odd",
        "Figures to look at",
        ("Practice", "Period", "Figure", "Value", "Beside it"),
        [
            (
                html.A(one.practice, href=at(f"/organisations/{one.practice}/")),
                one.period,
                one.part,
                one.value,
                one.beside,
            )
            for one in rows
        ],
        nothing="",
        remark="Ten times or a tenth of the same practice's periods beside them; "
        "shown as published",
    )


def jobs(rows: Sequence[ImportJob], *, remark: Children) -> Node:
    """What was asked for of one dataset, and what became of it."""
    return _section(
        "jobs",
        "Jobs",
        ("What", "Asked for", "State", "Outcome"),
        [(one.file_name, moment(one.created_at), state(one), one.message or "–") for one in rows],
        nothing="None yet.",
        remark=remark,
    )


def state(job: ImportJob) -> Node:
    return fields.tag(job.state.capitalize(), MARKS.get(job.state, "wait"))


def confirm(declared: Dataset, form: Form, title: str, *, what: str, field: str, value: str) -> str:
    """The reason, which everyone can read, and a button that does it."""
    cancel = html.A("Cancel", href=at(f"{ADDRESS}{declared.id}/"))
    return area(
        title,
        html.P([html.B(declared.title), f", {what}"]),
        fields.form(
            fields.hidden(field, value),
            fields.area(
                form,
                "why",
                "Reason",
                hint="Everyone can read it on the page of changes. Name no person.",
                rows=3,
                maxlength=300,
            ),
            fields.submit(title, "danger"),
            " ",
            cancel,
        ),
        form=form,
    )
