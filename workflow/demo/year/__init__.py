"""The year beside the selection: weeks, months, the assessment, the review, homes and contracts, each by its own moves."""
