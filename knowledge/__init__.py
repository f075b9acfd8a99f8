"""What is known about sending mail: providers, causes, clients, terms, every sentence the bot says. Data first; imports nothing of ours."""
