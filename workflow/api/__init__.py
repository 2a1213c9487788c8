"""REST: schemas in, one call, schemas out; the OpenAPI document. No rule lives here."""
