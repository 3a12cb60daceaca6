daphne --endpoint ssl:8443:privateKey=key.pem:certKey=certificate.pem config.asgi:application
