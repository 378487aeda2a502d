"""Which language a person reads: their own choice, else the workspace's, else what the browser asks for."""

from django.conf import settings
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class LanguageMiddleware(LocaleMiddleware):
    def process_request(self, request):
        super().process_request(request)
        chosen = request.GET.get("language")
        if chosen in dict(settings.LANGUAGES):
            # A link may name its language (a shared picture of a page, a mail); it is not remembered.
            translation.activate(chosen)
            request.LANGUAGE_CODE = translation.get_language()
