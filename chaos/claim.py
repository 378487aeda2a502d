from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """Something that must hold after what a trial did, and what was seen."""

    name: str
    holds: bool
    seen: str = ""

    def __str__(self) -> str:
        return f"{'ok  ' if self.holds else 'LOST'} {self.name}{': ' + self.seen if self.seen else ''}"
