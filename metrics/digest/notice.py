"""What is said in place of a digest whose figures could not be closed."""

from django.utils.translation import gettext as _

from jobs.models import Run
from jobs.queries import latest_runs
from jobs.webhooks.robots import Message, Section, plain
from metrics import queries
from metrics.digest.words import Mail, page
from workspaces import formats


def reason_of(workspace, language: str) -> str:
    """Why the days are not closed, in the language in force; empty while nothing is known to be wrong. Two queries."""
    failure = queries.failure(workspace)
    if failure is not None and failure.code == "missing_rate" and failure.day is not None:
        return _("There is no exchange rate for %(currency)s on or before %(day)s.") % {
            "currency": failure.currency,
            "day": formats.day(failure.day, language),
        }
    newest = next(iter(latest_runs(workspace, "closing", most=1)), None)
    if newest is not None and newest.state == Run.FAILED:
        return newest.error_text
    return _("The last closing stopped.") if failure is not None else ""


def notice_texts(workspace, *, closed, why: str, language: str) -> tuple[str, str, str]:
    """Subject, text and the page to go to."""
    name = " ".join(workspace.name.split())
    subject = _("%(workspace)s: no digest this week, the figures are not closed") % {"workspace": name}
    text = _("The weekly digest was not sent: the last closing did not end well. %(why)s") % {
        "why": why or _("It has not ended yet.")
    }
    last = _("The last good figures are of %(day)s.") % {"day": formats.day(closed, language)}
    return subject, f"{text.strip()} {last}", page("metrics:closing_list", workspace.slug)


def mail_of_notice(workspace, *, closed, why: str, language: str) -> Mail:
    subject, text, url = notice_texts(workspace, closed=closed, why=why, language=language)
    return Mail(subject, f"{text}\n\n{url}\n", "")


def message_of_notice(workspace, *, closed, why: str, language: str) -> Message:
    subject, text, url = notice_texts(workspace, closed=closed, why=why, language=language)
    return Message(plain(subject), [Section(_("Closings"), [plain(text)])], _("See why"), url)
