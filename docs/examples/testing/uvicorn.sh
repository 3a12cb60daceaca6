uvicorn --ws-per-message-deflate false --ws-max-size 1048576 config.asgi:application
