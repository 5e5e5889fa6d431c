"""The outbox: mail is written down with the change that causes it, and sent afterwards by the worker."""
