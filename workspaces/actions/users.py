"""People who sign in. They stand outside workspaces, so nothing here goes into a workspace's trail."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from workspaces.models import User


@transaction.atomic
def register_user(*, email: str, password: str | None, name: str = "", language: str = "") -> User:
    """Make a user who can sign in; without a password (None) they cannot until they are given one.

    Raises ValidationError keyed by ``email`` or ``password``. Lets nobody in anywhere: that is membership's matter.
    """
    email = email.strip().lower()
    errors = {}
    try:
        validate_email(email)
    except ValidationError as error:
        errors["email"] = error.messages
    if not errors and User.objects.filter(email=email).exists():
        errors["email"] = [_("There is a user with this email already.")]
    if password is not None:
        try:
            validate_password(password, User(email=email, name=name))
        except ValidationError as error:
            errors["password"] = error.messages
    if errors:
        raise ValidationError(errors)
    return User.objects.create_user(email, password, name=name.strip(), language=language)


@transaction.atomic
def update_profile(*, user: User, name: str, language: str) -> User:
    """What a person says about themselves; `language` empty means: the workspace's."""
    user.name, user.language = name.strip(), language
    user.full_clean(exclude=["password"])
    user.save(update_fields=["name", "language"])
    return user
