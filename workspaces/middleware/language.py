"""Which language a person reads: what they chose on this device, else in their profile, else what the workspace speaks,
else what the browser asks for.
"""

from django.conf import settings
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class LanguageMiddleware(LocaleMiddleware):
    def process_request(self, request):
        super().process_request(request)
        if chosen := _named(request):
            # A link may name its language (a shared picture of a page, a mail); it is not remembered.
            _read(request, chosen)


def read_in(request, *languages: str) -> None:
    """Take the first of `languages` that is not empty, unless the address or this device names another."""
    if _named(request) or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) in dict(settings.LANGUAGES):
        return
    for language in languages:
        if language in dict(settings.LANGUAGES):
            _read(request, language)
            return


def _named(request) -> str | None:
    language = request.GET.get("language")
    return language if language in dict(settings.LANGUAGES) else None


def _read(request, language: str) -> None:
    translation.activate(language)
    request.LANGUAGE_CODE = translation.get_language()
