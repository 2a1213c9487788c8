"""The outbox: what waits to be delivered, and its delivery."""
