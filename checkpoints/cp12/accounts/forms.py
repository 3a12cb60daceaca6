from typing import Any

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm
from django.core.exceptions import ValidationError

from accounts.models import User, is_taken

TAKEN = "Somebody has this name, or one that looks the same. Choose another one."


class SignupForm(BaseUserCreationForm):
    """A name and a password, twice."""

    class Meta:
        model = User
        fields = ["username"]

    def clean_username(self) -> str:
        """The name. Raises ValidationError for one that looks like somebody's."""
        name: str = self.cleaned_data["username"]
        if is_taken(name):
            raise ValidationError(TAKEN)
        return name


class DeletionForm(forms.Form):
    """One's password, before one's account is deleted."""

    password = forms.CharField(widget=forms.PasswordInput, strip=False)

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        self.user = user

    def clean_password(self) -> str:
        """The password. Raises ValidationError if it is another one."""
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError("This is not your password.")
        return password
