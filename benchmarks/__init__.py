"""What the README claims, as scripts that anyone can run."""
