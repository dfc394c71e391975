"""How a run's outcome is told: what needs a person goes to stderr and makes the exit code 1."""

from __future__ import annotations

import click

from pipelines.store import Store

NEEDS_A_PERSON = 1
_SHOWN = 20


def tell_errors(store: Store, crawl_id: int) -> int:
    """Lists the run's new issues of severity error on stderr; returns the exit code."""
    errors = store.new_errors(crawl_id)
    if not errors:
        return 0
    click.echo(f"需要处理 needs a person: {len(errors)}", err=True)
    for issue in errors[:_SHOWN]:
        about = f"{issue['code']} ({issue['site']})" if issue["site"] else issue["code"]
        click.echo(f"  {about}: {issue['detail']}", err=True)
    if len(errors) > _SHOWN:
        click.echo("  … 其余见 the rest: gongkai status", err=True)
    return NEEDS_A_PERSON
