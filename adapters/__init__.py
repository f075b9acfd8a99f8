"""Platforms: each turns its events into `Incoming`, and a `Reply` into its messages. No word of mail in here but in `terminal`'s tables."""
