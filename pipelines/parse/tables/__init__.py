"""The official tables of a report: cells bound to the form by matched labels, read in two ways."""

from pipelines.parse.tables.fill import fill

__all__ = ["fill"]
