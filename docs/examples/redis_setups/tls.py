"""A Redis that speaks TLS, with a certificate that you have signed yourself."""

import os

HOST = {
    "address": os.environ.get("REDIS_URL", "rediss://localhost:6380"),
    # The certificate of who has signed it. One that signs itself is its own.
    "ssl_ca_certs": os.environ.get("REDIS_CA", "certificate.pem"),
}
