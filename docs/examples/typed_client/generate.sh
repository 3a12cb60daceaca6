# On the server: what it takes and what it sends, as one file.
python manage.py generate_asyncapi_schema --format json --file asyncapi.json
# From this file, a Python package named chat_client.
chanx generate-client --schema asyncapi.json --output chat_client --clear-output
