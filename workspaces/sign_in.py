"""How allauth is told that nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter


class ClosedSignUpAdapter(DefaultAccountAdapter):
    """People come by the first owner's token or by invitation, never through a sign-up form."""

    def is_open_for_signup(self, request):
        return False
