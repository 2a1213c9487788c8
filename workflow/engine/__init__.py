"""What happens next, and who may: pure functions of definition, subject, command and context. Alone knows transitions."""
