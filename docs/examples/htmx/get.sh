npm pack htmx.org@4.0.1
tar -xzf htmx.org-4.0.1.tgz
cp package/dist/htmx.min.js package/dist/ext/hx-ws.min.js htmx/static/htmx/
