"""A district, one season of it played through the real service, and a working morning in the middle of the next."""
