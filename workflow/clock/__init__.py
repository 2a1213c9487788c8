"""Time: what is due is fired, by any number of schedulers, each thing once. Alone knows APScheduler."""
