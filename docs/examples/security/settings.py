import os

# Django completes an address without the first slash with what a request says.
STATIC_URL = os.environ.get("STATIC_URL", "/static/")
