"""`flask keys issue | list | revoke`, `flask accounts create-admin`, `flask backup | restore`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from auth import audit
from auth.accounts import people
from auth.api_keys import keys
from auth.backups import backup, tables
from auth.credentials import passwords
from auth.email.addresses import is_email, normalise
from auth.models import db
from auth.moments import now

group = AppGroup("keys", help="Keys to the API.")
accounts = AppGroup("accounts", help="Accounts of people.")


def register(app: Flask) -> None:
    app.cli.add_command(group)
    app.cli.add_command(accounts)
    app.cli.add_command(write_backup)
    app.cli.add_command(restore_backup)


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"


@group.command("issue")
@click.option("--name", required=True, help="Who or what will use the key.")
def issue(name: str) -> None:
    """Make a key and print it alone on the last line. It is not shown again."""
    if not name.strip():
        raise click.BadParameter("a key needs a name", param_hint="--name")
    key = keys.issue(name.strip()[:200])
    click.echo(f"Key for {name.strip()[:200]}. Keep it safe: it is stored hashed and shown once.")
    click.echo(key)


@group.command("list")
def list_keys() -> None:
    """Every key: prefix, name, when it was issued, last used (within minutes) and revoked."""
    issued = keys.issued()
    if not issued:
        click.echo("No keys yet. `flask keys issue --name NAME` makes one.")
        return
    click.echo(f"{'prefix':<13} {'issued':<17} {'last used':<17} {'revoked':<17} name")
    for key in issued:
        click.echo(
            f"hsk_{key.prefix:<9} {_moment(key.issued_at):<17} {_moment(key.last_used_at):<17} "
            f"{_moment(key.revoked_at) if key.revoked_at else '-':<17} {key.name}"
        )


@group.command("revoke")
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """Stop a key, by its prefix. Servers refuse it within a second."""
    try:
        key = keys.revoke(prefix)
    except keys.UnknownKey as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Revoked hsk_{key.prefix} ({key.name}).")


@accounts.command("create-admin")
@click.option("--email", required=True, help="Address of the account.")
@click.option("--name", default="", help="Name, for a new account.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create_admin(email: str, name: str, *, password_stdin: bool) -> None:
    """Make an account a platform administrator. A new one is made, with a password asked for."""
    address = normalise(email)
    if not is_email(address):
        raise click.BadParameter("not an e-mail address", param_hint="--email")
    user = people.by_email(address)
    if user is None:
        db.session.rollback()
        password = (
            sys.stdin.readline().rstrip("\n")
            if password_stdin
            else click.prompt("Password", hide_input=True, confirmation_prompt=True)
        )
        if problem := passwords.objection(password, email=address, name=name):
            raise click.ClickException(problem)
        user = people.create(
            address, name.strip()[:100] or address, passwords.hashed(password), verified=True
        )
    user.is_platform_admin = True
    user.verified_at = user.verified_at or now()
    user.suspended_at = None
    audit.record("administrator appointed", user_id=user.id, detail="command line")
    db.session.commit()
    click.echo(f"{address} is a platform administrator.")


@click.command("backup")
@with_appcontext
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def write_backup(target: Path) -> None:
    """Write accounts, documents and published data into one file."""
    count = backup.write(_home(), target)
    click.echo(f"{count} files are in {target}. It holds personal data: keep it safe.")


@click.command("restore")
@with_appcontext
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore_backup(source: Path) -> None:
    """Bring a backup back into an empty HARESIGN_HOME and an empty database."""
    try:
        count = backup.read(_home(), source)
    except tables.NotEmpty:
        raise click.ClickException(
            "There are accounts, keys or data here already. "
            "Restore into a new HARESIGN_HOME (and a new database)."
        ) from None
    except backup.BadBackup as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{count} files are back.")


def _home() -> Path:
    home: Path = current_app.config["SETTINGS"].home
    return home.resolve()
