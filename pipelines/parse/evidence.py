"""Collects evidence and issues while a document is being identified."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.parse.records import Evidence, Issue


@dataclass
class Findings:
    """What has been found so far; evidence and issues in the order they came up."""

    evidence: list[Evidence] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def note(self, name: str, value: str, source: str, text: str) -> None:
        """Keeps why a field has its value."""
        self.evidence.append(Evidence(name, value, source, text[:200]))

    def doubt(self, code: str, detail: str, severity: str = "warning") -> None:
        """Keeps what a person should know."""
        self.issues.append(Issue(code, severity, detail))
