"""The doors through which leads and events come in: API, forms, webhooks, files."""
