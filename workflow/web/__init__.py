"""Pages: server-rendered, in both languages, usable without scripts. They call the same functions as the API; no rule lives here."""
