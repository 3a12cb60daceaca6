SECRET_KEY = "only for a test"
