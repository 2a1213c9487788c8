"""The directory: organisations, people, posts and who stands in for whom. Ended, never deleted."""

from workflow.api.directory import delegations, organisations, people, posts

BLUEPRINTS = (organisations.blueprint, people.blueprint, posts.blueprint, delegations.blueprint)
