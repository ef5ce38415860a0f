"""No models: the index is the database's own (`index.py`). `migrate` tells only apps that have this module when it is done."""
