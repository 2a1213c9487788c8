"""What cases leave behind: attachments, honours, documents, imports and exports."""
