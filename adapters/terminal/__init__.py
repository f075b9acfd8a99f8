"""The terminal: a talk for people, a talk for scripts, and the printed form of explain, lookup, check and the rest."""
