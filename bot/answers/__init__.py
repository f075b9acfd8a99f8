"""How is an answer put together? Findings, settings and checks as blocks for people and as the contract's JSON. Pure; prints nothing."""
