"""The core: reads, thinks, talks, probes, stores. Knows no platform."""
