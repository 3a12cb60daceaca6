from config.finished import settings_with

globals().update(settings_with("htmx"))
