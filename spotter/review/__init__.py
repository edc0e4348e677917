"""Questions to reviewing models, and what is made of their answers."""
