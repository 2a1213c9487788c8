"""Time terms: what a definition says about when; read into values, reckoned into instants on a working-day calendar."""
