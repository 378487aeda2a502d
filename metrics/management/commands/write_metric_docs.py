"""The part of docs/metrics.*.md that the registry knows: what every metric is called, means and how it is worked out."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from metrics.registry import METRICS

PAGES = {"en": "metrics.md", "zh-hans": "metrics.zh.md"}
BEGIN, END = "<!-- From the registry: write_metric_docs -->", "<!-- End of the registry -->"


def entries(language: str) -> str:
    """The registry's entries as Markdown."""
    with translation.override(language):
        return "\n".join(
            f'<a id="{metric.key}"></a>\n'
            f"### {metric.name} (`{metric.key}`)\n\n"
            f"{metric.description}\n\n"
            f"`{metric.formula}` · {metric.unit} · v{metric.version}\n"
            for metric in METRICS.values()
        )


def page(text: str, language: str) -> str:
    """A page with the part between the marks made new."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{entries(language)}\n{END}{after}"


class Command(BaseCommand):
    help = "Write the registry's part of docs/metrics.md and docs/metrics.zh.md."

    def handle(self, **options):
        for language, name in PAGES.items():
            path = Path(settings.BASE_DIR) / "docs" / name
            path.write_text(page(path.read_text(), language))
            self.stdout.write(name)
