daphne --proxy-headers --port 8001 config.asgi:application
daphne --proxy-headers --port 8002 config.asgi:application
