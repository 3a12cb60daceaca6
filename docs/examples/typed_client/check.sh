# Fails if clients would notice what has changed, and shows what it is.
python manage.py generate_asyncapi_schema --format json --file asyncapi.json
git diff --exit-code asyncapi.json
