"""Keep a trail of who signed in, who was refused, and who changed or took out what others must know of."""
