from typing import Any

from django.views.debug import SafeExceptionReporterFilter


class WithoutAddresses(SafeExceptionReporterFilter):
    """Hides every address in the settings that an error page shows.

    One may hold a password, and Django looks at the names of settings only.
    """

    def cleanse_setting(self, key: Any, value: Any) -> Any:
        """What the page shows of a setting, or of a part of one."""
        shown = super().cleanse_setting(key, value)
        if isinstance(shown, str) and "://" in shown:
            return self.cleansed_substitute
        return shown
