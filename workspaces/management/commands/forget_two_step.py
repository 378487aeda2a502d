"""For somebody whose phone and recovery codes are gone: the password alone signs them in again."""

from django.core.management.base import BaseCommand, CommandError

from workspaces.models import User
from workspaces.two_step import forget_two_step


class Command(BaseCommand):
    help = "Turns two-step sign-in off for one person, who can then sign in with the password and set it up anew."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *args, email, **options):
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise CommandError(f"no user with the email {email}")
        if not forget_two_step(user):
            raise CommandError(f"{user.email} has not set up two-step sign-in")
        self.stdout.write(user.email)
