"""By which words do people and programs say it, in which language? Data only; what is done with it stands beside in `bot/reading`."""
