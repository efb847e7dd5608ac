"""How the models that ship with the package were made; needs the extra ``rostrum[models]``."""
