# Fails if the client uses what the server no longer has.
chanx generate-client --schema asyncapi.json --output chat_client --clear-output
python -m mypy --strict --follow-imports silent say.py listen.py
