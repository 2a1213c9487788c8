"""The bodies that come in and go out, by subject, as the OpenAPI document shows them."""
