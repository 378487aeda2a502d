"""What people say about themselves."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from workspaces.actions.users import update_profile
from workspaces.forms.profile import ProfileForm
from workspaces.queries import workspaces_of


@never_cache
@login_required
def profile(request):
    """Name and language; the email is the name one signs in by and stays."""
    user = request.user
    form = ProfileForm(request.POST or None, initial={"name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        update_profile(user=user, name=form.cleaned_data["name"], language=form.cleaned_data["language"])
        response = redirect("profile")
        # What this device was told before would win over the profile.
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        with translation.override(user.language or translation.get_language()):
            messages.success(request, _("Saved."))
        return response
    context = {"form": form, "workspaces": workspaces_of(user)}
    return render(request, "workspaces/profile.html", context, status=422 if form.errors else 200)
