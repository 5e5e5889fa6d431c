"""Who signed which version of an agreement, and what follows from it: the chain, its judgement, standing."""
