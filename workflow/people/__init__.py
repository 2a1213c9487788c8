"""Organisations, persons, posts, stand-ins and sign-in; the frozen directory that the engine asks."""
