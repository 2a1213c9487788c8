"""The way in: `create_app()` for WSGI servers, and the command line. Nothing imports it."""
