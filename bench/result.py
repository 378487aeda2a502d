from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One measured value and the bar it must keep: at most `bar`, or with `at_least` at least. bar None: only shown."""

    name: str
    value: float
    bar: float | None = None
    unit: str = "×"
    at_least: bool = False
    detail: str = ""

    @property
    def is_met(self) -> bool:
        if self.bar is None:
            return True
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    def __str__(self) -> str:
        bar = "" if self.bar is None else f"  (bar: {'≥' if self.at_least else '≤'} {self.bar:g}{self.unit})"
        mark = "ok  " if self.is_met else "SLOW"
        return f"{mark} {self.name}: {self.value:.2f}{self.unit}{bar}{'  ' + self.detail if self.detail else ''}"
